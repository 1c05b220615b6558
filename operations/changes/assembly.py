"""A cloud assembly as `cdk synth` writes it: the templates of its stacks, read from files alone."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from operations.errors import OperationError

Template = dict[str, Any]
Resource = dict[str, Any]

_MANIFEST = "manifest.json"
_SUFFIX = ".template.json"
_STACK = "aws:cloudformation:stack"
_ASSEMBLY = "cdk:cloud-assembly"


class AssemblyError(OperationError):
    """What was given is no cloud assembly."""


class StackId(NamedTuple):
    """What makes a stack the same one: its name, in its region.

    The account is left out: whether `cdk synth` knows it says nothing about where the stack is.
    """

    name: str
    region: str


def read_assembly(directory: Path) -> dict[StackId, Template]:
    """The templates of an assembly, nested stacks and stages included.

    Raises:
        AssemblyError: there is no assembly there, or a file of it is broken.
    """
    if not directory.is_dir():
        what = "is a file, not a directory" if directory.exists() else "does not exist"
        raise AssemblyError(f"{directory} {what}: give the directory that `cdk synth` wrote")
    manifest = directory / _MANIFEST
    if not manifest.is_file():
        raise AssemblyError(
            f"{directory} has no {_MANIFEST}, so it is no cloud assembly: give the directory "
            "that `cdk synth --output` wrote, of one environment"
        )
    templates = dict(_stacks(directory, manifest))
    if not templates:
        raise AssemblyError(f"{manifest} names no stack: synthesize it again")
    return templates


def by_name(
    old: dict[StackId, Template], new: dict[StackId, Template]
) -> tuple[dict[str, Template], dict[str, Template]]:
    """Both sides by the name of the stack; with its region where a name is in several."""
    regions: dict[str, set[str]] = {}
    for stack in (*old, *new):
        regions.setdefault(stack.name, set()).add(stack.region)

    def told(stack: StackId) -> str:
        several = len(regions[stack.name]) > 1
        return f"{stack.name} in {stack.region}" if several else stack.name

    before, after = (
        {told(stack): template for stack, template in side.items()} for side in (old, new)
    )
    return before, after


def resources(template: Template) -> dict[str, Resource]:
    """The resources by logical id, without CDK's own record of its version."""
    return {
        logical_id: resource
        for logical_id, resource in template.get("Resources", {}).items()
        if resource["Type"] != "AWS::CDK::Metadata"
    }


def _stacks(directory: Path, manifest: Path) -> Iterator[tuple[StackId, Template]]:
    artifacts = _object(manifest).get("artifacts", {})
    if not isinstance(artifacts, dict):
        raise AssemblyError(f"{manifest}: `artifacts` is no object: synthesize it again")
    named: set[str] = set()
    for artifact_id, artifact in artifacts.items():
        try:
            kind, properties = artifact["type"], artifact.get("properties", {})
            if kind == _STACK:
                region = artifact.get("environment", "").rpartition("/")[2]
                name, file = properties.get("stackName", artifact_id), properties["templateFile"]
                named.add(file)
                yield StackId(name, region), _template(_inside(directory, file, manifest))
            elif kind == _ASSEMBLY:
                nested = _inside(directory, properties["directoryName"], manifest)
                yield from read_assembly(nested).items()
        except (AttributeError, KeyError, TypeError) as error:
            raise AssemblyError(
                f"{manifest}: artifact {artifact_id} is not what `cdk synth` writes: "
                "synthesize it again"
            ) from error
    for path in sorted(directory.glob(f"*{_SUFFIX}")):
        # The manifest does not name nested stacks; their file names are their identity.
        if path.name not in named:
            yield StackId(path.name.removesuffix(_SUFFIX), ""), _template(path)


def _inside(directory: Path, name: str, manifest: Path) -> Path:
    """A path of the manifest, which may lead to nothing but parts of the assembly."""
    path, root = (directory / name).resolve(), directory.resolve()
    if root not in path.parents:
        raise AssemblyError(f"{manifest} names {name}, outside of itself: synthesize it again")
    return directory / name


def _template(path: Path) -> Template:
    if not path.is_file():
        raise AssemblyError(f"{path} is named by the manifest but missing: synthesize it again")
    template = _object(path)
    found = template.get("Resources", {})
    if not isinstance(found, dict):
        raise AssemblyError(f"{path}: `Resources` is no object: synthesize it again")
    for logical_id, resource in found.items():
        if not isinstance(resource, dict) or not isinstance(resource.get("Type"), str):
            raise AssemblyError(f"{path}: {logical_id} has no Type: synthesize it again")
        for key in ("Properties", "Metadata"):
            if not isinstance(resource.get(key, {}), dict):
                raise AssemblyError(
                    f"{path}: the {key} of {logical_id} are no object: synthesize it again"
                )
    return template


def _object(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise AssemblyError(f"{path} is not JSON ({error}): synthesize it again") from error
    if not isinstance(value, dict):
        raise AssemblyError(f"{path} is not a JSON object: synthesize it again")
    return value
