"""Kubernetes objects and Helm values inside a template, as YAML that can be compared."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from operations.changes.assembly import Resource, Template, resources
from operations.changes.intrinsics import is_intrinsic, readable
from operations.changes.stateful import KINDS_TOLD

# The property that is a document, by the type of the resource.
_DOCUMENTS = {
    "Custom::AWSCDK-EKS-KubernetesResource": "Manifest",
    "Custom::AWSCDK-EKS-HelmChart": "Values",
}


@dataclass(frozen=True, kw_only=True)
class DocumentChange:
    """A Kubernetes object, or the values of a chart, that differs.

    Attributes:
        stack: Name of the stack.
        logical_id: The resource that carries it.
        name: Such as ``Deployment inference/triton``.
        verb: added, removed or changed.
        warning: What else goes with a removed one; None when nothing does.
        diff: Unified diff of the YAML, without file names.
    """

    stack: str
    logical_id: str
    name: str
    verb: str
    warning: str | None
    diff: str


def documented(old: Resource, new: Resource) -> frozenset[str]:
    """The properties whose difference is told as a diff of documents."""
    before, after = _documents(old), _documents(new)
    return frozenset(_DOCUMENTS.values()) if before != after else frozenset()


def document_changes(
    old: Mapping[str, Template], new: Mapping[str, Template]
) -> tuple[DocumentChange, ...]:
    """Every object that differs, by stack, resource and name."""
    changes = []
    for stack in sorted(old.keys() | new.keys()):
        before, after = (resources(side.get(stack, {})) for side in (old, new))
        for logical_id in sorted(before.keys() | after.keys()):
            documents = [_documents(side.get(logical_id)) for side in (before, after)]
            changes += list(_compared(stack, logical_id, *documents))
    return tuple(changes)


def _compared(
    stack: str, logical_id: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[DocumentChange]:
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        was, now = ((text or "").splitlines() for text in (before, after))
        diff = list(difflib.unified_diff(was, now, lineterm=""))[2:]
        verb = "added" if before is None else "removed" if after is None else "changed"
        yield DocumentChange(
            stack=stack,
            logical_id=logical_id,
            name=name,
            verb=verb,
            warning=KINDS_TOLD.get(name.split(" ")[0]) if verb == "removed" else None,
            diff="\n".join(diff),
        )


def _documents(resource: Resource | None) -> dict[str, str]:
    """YAML by the name of the object; nothing for a resource that carries none."""
    if resource is None or (key := _DOCUMENTS.get(resource["Type"])) is None:
        return {}
    properties = resource.get("Properties", {})
    if key not in properties:
        return {}
    text = document_text(properties[key])
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {f"{key} that is not JSON": text}
    if key == "Values":
        release = properties.get("Release", properties.get("Chart", "a chart"))
        return {f"values of {readable(release)}": _yaml(value)}
    documents: dict[str, str] = {}
    for item in value if isinstance(value, list) else [value]:
        name = _name(item)
        # Two of one name would be a mistake; it is not for this tool to hide one of them.
        documents[name] = documents.get(name, "") + _yaml(item)
    return documents


def document_text(value: Any) -> str:
    """The JSON text, with placeholders for what only CloudFormation knows."""
    parts = [value]
    match value:
        case {"Fn::Join": ["", [*joined]]}:
            parts = joined
    text = ""
    for part in parts:
        if isinstance(part, str):
            text += part
        elif is_intrinsic(part):
            quoted = json.dumps(readable(part))
            # Within a JSON string the placeholder joins it; elsewhere it is one by itself.
            text += quoted[1:-1] if _inside_string(text) else quoted
        else:
            text += json.dumps(part)
    return text


def _inside_string(text: str) -> bool:
    return text.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 1


def _name(item: Any) -> str:
    if not isinstance(item, dict):
        return "an object without a kind"
    metadata = item.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    namespace = metadata.get("namespace")
    name = f"{namespace}/{metadata.get('name')}" if namespace else metadata.get("name")
    return f"{item.get('kind')} {name}"


def _yaml(value: Any) -> str:
    return str(yaml.safe_dump(value, sort_keys=True, allow_unicode=True, width=1000))
