"""What one environment deploys, read from the cloud assembly on disk; the rules look at this."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from config import Settings

# An account for what only a deployment knows.
ACCOUNT = "111122223333"

Template = dict[str, Any]


@dataclass(frozen=True)
class Resource:
    """A resource of a template.

    Attributes:
        stack: Noun of its stack.
        id: Logical id.
        body: What the template says.
    """

    stack: str
    id: str
    body: Mapping[str, Any]

    @property
    def type(self) -> str:
        return str(self.body["Type"])

    @property
    def properties(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.body.get("Properties", {})
        return found

    @property
    def tags(self) -> dict[str, str]:
        return {tag["Key"]: tag["Value"] for tag in self.properties.get("Tags", [])}

    def __str__(self) -> str:
        """How findings call it."""
        return f"{self.stack}/{self.id}"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """The stacks of an environment.

    Attributes:
        settings: What they were made from.
        templates: By the noun of the stack, in deploy order.
        protected: The stacks with termination protection.
        waits_for: By noun: the stacks that the CLI deploys before.
    """

    settings: Settings
    templates: Mapping[str, Template]
    protected: frozenset[str]
    waits_for: Mapping[str, frozenset[str]]

    def resources(self, *types: str) -> Iterator[Resource]:
        """Every resource of some types, or of all."""
        for stack, template in self.templates.items():
            for logical_id, body in template["Resources"].items():
                if not types or body["Type"] in types:
                    yield Resource(stack, logical_id, body)

    @cached_property
    def exports(self) -> dict[str, tuple[str, Any]]:
        """Stack and value by the name of the export."""
        return {
            output["Export"]["Name"]: (stack, output["Value"])
            for stack, template in self.templates.items()
            for output in template.get("Outputs", {}).values()
            if "Export" in output
        }

    def origin(self, stack: str, value: Any) -> Resource | None:
        """The resource that a reference is to, in whatever stack."""
        match value:
            case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
                body = self.templates[stack]["Resources"].get(name)
                return Resource(stack, name, body) if body else None
            case {"Fn::ImportValue": str(name)} if name in self.exports:
                return self.origin(*self.exports[name])
        return None

    def before(self, resource: Resource) -> set[str]:
        """The logical ids in its stack that CloudFormation makes before it."""
        bodies = self.templates[resource.stack]["Resources"]
        seen: set[str] = set()
        waiting = [resource.id]
        while waiting:
            body = bodies[waiting.pop()]
            after = {name for name in _references(body) if name in bodies}
            after |= set(body.get("DependsOn", ()))
            waiting += after - seen
            seen |= after
        return seen

    def text(self, stack: str, value: Any) -> str:
        """A value as it will be; a resource reads as ``<stack/Id>`` or ``<stack/Id.Attribute>``."""
        match value:
            case str():
                return value
            case {"Ref": "AWS::AccountId"}:
                return self.settings.account or ACCOUNT
            case {"Ref": str(name)} if name.startswith("AWS::"):
                pseudo = {
                    "AWS::Partition": "aws",
                    "AWS::Region": self.settings.region,
                    "AWS::URLSuffix": "amazonaws.com",
                    "AWS::NoValue": "",
                }
                return pseudo[name]
            case {"Ref": str(name)}:
                return f"<{stack}/{name}>"
            case {"Fn::GetAtt": [name, attribute]}:
                return f"<{stack}/{name}.{attribute}>"
            case {"Fn::ImportValue": str(name)} if name in self.exports:
                return self.text(*self.exports[name])
            case {"Fn::Join": [separator, parts]}:
                return str(separator).join(self.text(stack, part) for part in parts)
            case {"Fn::Sub": str(template)}:
                for name in ("AccountId", "Partition", "Region", "URLSuffix"):
                    known = self.text(stack, {"Ref": f"AWS::{name}"})
                    template = template.replace(f"${{AWS::{name}}}", known)
                return template
            case {"Fn::Select": [index, {"Fn::Split": [separator, whole]}]}:
                parts = self.text(stack, whole).split(separator)
                # Of a reference the parts are not known.
                return parts[int(index)] if int(index) < len(parts) else "".join(parts)
            case {"Fn::If": [_, value, _]}:
                return self.text(stack, value)
        return json.dumps(value)


def _references(value: Any) -> Iterator[str]:
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), _]}:
            yield name
        case dict():
            for item in value.values():
                yield from _references(item)
        case list():
            for item in value:
                yield from _references(item)


def imports(value: Any) -> Iterator[str]:
    """The names of the exports that a value uses."""
    match value:
        case {"Fn::ImportValue": str(name)}:
            yield name
        case dict():
            for item in value.values():
                yield from imports(item)
        case list():
            for item in value:
                yield from imports(item)


def read_deployment(directory: Path, settings: Settings) -> Deployment:
    """What an assembly holds, without the assemblies nested in it."""
    manifest = json.loads((directory / "manifest.json").read_text(encoding="utf-8"))
    stacks = {
        name: artifact
        for name, artifact in manifest["artifacts"].items()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    nouns = {
        name: (artifact["properties"].get("stackName") or name).rpartition("-")[2]
        for name, artifact in stacks.items()
    }
    return Deployment(
        settings=settings,
        templates={
            nouns[name]: json.loads(
                (directory / artifact["properties"]["templateFile"]).read_text(encoding="utf-8")
            )
            for name, artifact in stacks.items()
        },
        protected=frozenset(
            nouns[name]
            for name, artifact in stacks.items()
            if artifact["properties"].get("terminationProtection")
        ),
        waits_for={
            nouns[name]: frozenset(
                nouns[other] for other in artifact.get("dependencies", ()) if other in nouns
            )
            for name, artifact in stacks.items()
        },
    )
