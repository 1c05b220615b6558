"""What happens to every resource of two assemblies."""

from collections.abc import Iterator, Mapping
from typing import Any

from operations.changes.assembly import Resource, Template, resources
from operations.changes.manifest import documented
from operations.changes.property import attribute_changes
from operations.changes.rename import Place, renames
from operations.changes.replacement import replacement, with_dependents
from operations.changes.resource import Fate, ResourceChange
from operations.changes.stateful import REFUSED, TOLD

_KEPT = ("Retain", "RetainExceptOnCreate", "Snapshot")
_Stacks = Mapping[str, Template]


def resource_changes(old: _Stacks, new: _Stacks) -> tuple[ResourceChange, ...]:
    """Every resource that differs, by stack and logical id."""
    gone: dict[Place, Resource] = {}
    come: dict[Place, Resource] = {}
    changes: list[ResourceChange] = []
    for stack in old.keys() | new.keys():
        before, after = (resources(side.get(stack, {})) for side in (old, new))
        gone |= {(stack, one): before[one] for one in before.keys() - after.keys()}
        come |= {(stack, one): after[one] for one in after.keys() - before.keys()}
        changes += _updates(stack, before, after)
    for place, double in renames(dict(sorted(gone.items())), dict(sorted(come.items()))):
        changes.append(_renamed(place, gone.pop(place), double, come.pop(double)))
    changes += [_of(place, resource, Fate.REMOVED) for place, resource in gone.items()]
    changes += [_of(place, resource, Fate.ADDED) for place, resource in come.items()]
    return tuple(sorted(changes, key=lambda change: (change.stack, change.logical_id)))


def _updates(
    stack: str, before: Mapping[str, Resource], after: Mapping[str, Resource]
) -> Iterator[ResourceChange]:
    both = {one: after[one] for one in after if one in before}
    direct = {one: found for one in both if (found := replacement(before[one], after[one]))}
    replaced = with_dependents(direct, both)
    for logical_id, resource in both.items():
        earlier = before[logical_id]
        changed = attribute_changes(earlier, resource, documented(earlier, resource))
        found = replaced.get(logical_id)
        if not found and not changed and not documented(earlier, resource):
            continue
        stateful = resource["Type"] in REFUSED or resource["Type"] in TOLD
        yield ResourceChange(
            stack=stack,
            logical_id=logical_id,
            type=earlier["Type"],
            fate=found.fate if found else Fate.UPDATED,
            reasons=found.reasons if found else (),
            properties=changed,
            # Which template's policy counts at the end of an update is not documented.
            kept=all(_keeps(one, "UpdateReplacePolicy") for one in (earlier, resource)),
            bare=stateful
            and any(
                _keeps(earlier, policy) and not _keeps(resource, policy)
                for policy in ("DeletionPolicy", "UpdateReplacePolicy")
            ),
        )


def _renamed(place: Place, old: Resource, double: Place, new: Resource) -> ResourceChange:
    (stack, logical_id), (new_stack, new_id) = place, double
    moved = f"moved to stack {new_stack} as" if new_stack != stack else "renamed to"
    return ResourceChange(
        stack=stack,
        logical_id=logical_id,
        type=old["Type"],
        fate=Fate.REPLACED,
        reasons=(f"{moved} {new_id}, which CloudFormation creates anew",),
        properties=attribute_changes(old, new),
        kept=_keeps(old, "DeletionPolicy"),
        becomes=new_id if new_stack == stack else None,
    )


def _of(place: Place, resource: Resource, fate: Fate) -> ResourceChange:
    stack, logical_id = place
    return ResourceChange(
        stack=stack,
        logical_id=logical_id,
        type=resource["Type"],
        fate=fate,
        kept=fate is Fate.REMOVED and _keeps(resource, "DeletionPolicy"),
    )


def _keeps(resource: Mapping[str, Any], policy: str) -> bool:
    return resource.get(policy) in _KEPT
