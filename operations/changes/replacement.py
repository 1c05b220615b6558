"""Whether an update replaces a resource: CloudFormation creates a new one and deletes the old."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from operations.changes.assembly import Resource
from operations.changes.intrinsics import canonical, is_intrinsic, references
from operations.changes.registry import create_only
from operations.changes.resource import Fate

_Paths = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """That a resource is replaced, for certain or perhaps, and why."""

    fate: Fate
    reasons: tuple[str, ...]


def replacement(old: Resource, new: Resource) -> Replacement | None:
    """Whether the difference of two versions of a resource replaces it."""
    if old["Type"] != new["Type"]:
        reason = f"its Type becomes {new['Type']}, which no resource survives"
        return Replacement(fate=Fate.REPLACED, reasons=(reason,))
    before, after = old.get("Properties", {}), new.get("Properties", {})
    if canonical(before) == canonical(after):
        return None
    decided = create_only(old["Type"])
    if paths := _differing(decided.always, before, after):
        return _because(Fate.REPLACED, (f"{path} cannot be changed in place" for path in paths))
    if paths := _differing(decided.sometimes, before, after):
        return _because(
            Fate.PERHAPS_REPLACED,
            (f"{path} cannot always be changed in place" for path in paths),
        )
    if not decided.known:
        return _because(Fate.PERHAPS_REPLACED, ("nothing is known about this type of resource",))
    return None


def with_dependents(
    direct: Mapping[str, Replacement], both: Mapping[str, Resource]
) -> dict[str, Replacement]:
    """Add the resources that refer to a replaced one where they cannot be changed in place.

    Args:
        direct: What is replaced by its own change, by logical id.
        both: The new version of all resources that the old template has too.
    """
    found = dict(direct)
    frontier = set(direct)
    while frontier:
        reached = {}
        for logical_id, resource in both.items():
            if logical_id not in found and (via := _via(resource, frontier)):
                path, target = via
                reached[logical_id] = Replacement(
                    fate=found[target].fate,
                    reasons=(f"{path} refers to {target}, which is {found[target].fate}",),
                )
        found |= reached
        frontier = set(reached)
    return found


def _because(fate: Fate, reasons: Any) -> Replacement:
    return Replacement(fate=fate, reasons=tuple(reasons))


def _via(resource: Resource, replaced: set[str]) -> tuple[str, str] | None:
    properties = resource.get("Properties", {})
    if not references(properties) & replaced:
        return None
    for path in create_only(resource["Type"]).always:
        for target in sorted(references(_values(properties, path)) & replaced):
            return ".".join(path), target
    return None


def _differing(paths: _Paths, before: Any, after: Any) -> list[str]:
    changed = [
        path
        for path in paths
        if canonical(_values(before, path)) != canonical(_values(after, path))
    ]
    # The registry names a property and what is in it; the innermost says the most.
    return [
        ".".join(path)
        for path in changed
        if not any(other[: len(path)] == path and other != path for other in changed)
    ]


def _values(node: Any, path: tuple[str, ...]) -> list[Any]:
    """What is at a path, in every item where it passes a list; an intrinsic hides what is below."""
    if not path or is_intrinsic(node):
        return [node]
    if isinstance(node, list):
        rest = path[1:] if path[0] == "*" else path
        return [value for item in node for value in _values(item, rest)]
    if isinstance(node, dict) and path[0] in node:
        return _values(node[path[0]], path[1:])
    return []
