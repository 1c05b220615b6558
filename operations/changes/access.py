"""Who may do more than before, and who less: IAM, the cluster, the network."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from operations.changes.assembly import Resource, Template, resources
from operations.changes.grant import ALLOW, DENY, EVERYTHING, Grant, condition_text
from operations.changes.intrinsics import rewired
from operations.changes.opening import openings
from operations.changes.policies import boundaries, granted
from operations.changes.resource import ResourceChange


@dataclass(frozen=True, kw_only=True)
class AccessChange:
    """One thing that becomes possible, or impossible.

    Attributes:
        stack: Name of the stack.
        area: iam or network.
        wider: More is possible than before.
        what: A sentence.
    """

    stack: str
    area: str
    wider: bool
    what: str


def access_changes(
    old: Mapping[str, Template],
    new: Mapping[str, Template],
    changed: Iterable[ResourceChange] = (),
) -> tuple[AccessChange, ...]:
    """What every stack lets in or out more, or less, than before; the wider first.

    Args:
        old: Templates before, by name of the stack.
        new: After.
        changed: What happens to the resources; a renamed one is compared with what it was.
    """
    names = {(one.stack, one.logical_id): one.becomes for one in changed if one.becomes}
    changes = []
    for stack in sorted(old.keys() | new.keys()):
        before, after = (resources(side.get(stack, {})) for side in (old, new))
        before = _under_new_names(
            before, {one: to for (at, one), to in names.items() if at == stack}
        )
        found = {
            ("iam", True): [*_more_granted(before, after), *_boundaries(before, after, True)],
            ("network", True): _more_open(before, after),
            ("iam", False): [*_less_granted(before, after), *_boundaries(before, after, False)],
            ("network", False): _less_open(before, after),
        }
        changes += [
            AccessChange(stack=stack, area=area, wider=wider, what=what)
            for (area, wider), sentences in found.items()
            for what in sentences
        ]
    return tuple(sorted(changes, key=lambda change: not change.wider))


_Resources = Mapping[str, Resource]


def _under_new_names(before: _Resources, names: Mapping[str, str]) -> dict[str, Resource]:
    if not names:
        return dict(before)
    return {
        names.get(logical_id, logical_id): rewired(resource, lambda one: names.get(one, one))
        for logical_id, resource in before.items()
    }


def _more_granted(before: _Resources, after: _Resources) -> Iterator[str]:
    old, new = granted(before), granted(after)
    gone = before.keys() - after.keys()
    allowed = _uncovered(_only(new, ALLOW), _only(old, ALLOW))
    yield from _sentences(allowed, "may", _only(old, ALLOW))
    # What a deleted resource denied, nobody can do to it any more.
    denied = [
        grant
        for grant in _uncovered(_only(old, DENY), _only(new, DENY))
        if grant.holder.rsplit(" ", 1)[-1] not in gone
    ]
    yield from _sentences(denied, "is no longer denied")


def _less_granted(before: _Resources, after: _Resources) -> Iterator[str]:
    old, new = granted(before), granted(after)
    yield from _sentences(_uncovered(_only(old, ALLOW), _only(new, ALLOW)), "may no longer")
    yield from _sentences(_uncovered(_only(new, DENY), _only(old, DENY)), "is denied")


def _boundaries(before: _Resources, after: _Resources, wider: bool) -> Iterator[str]:
    old, new = boundaries(before), boundaries(after)
    for holder in sorted(old.keys() & new.keys()):
        was, now = old[holder], new[holder]
        if was == now:
            continue
        if wider and was and not now:
            yield f"{holder} loses its permissions boundary {was}"
        elif wider and was and now:
            yield f"{holder} has another permissions boundary: {was} -> {now}"
        elif not wider and not was:
            yield f"{holder} gets the permissions boundary {now}"


def _more_open(before: _Resources, after: _Resources) -> list[str]:
    old, new = openings(before), openings(after)
    return [
        f"{one.holder} lets in {one}"
        for one in sorted(new - old, key=str)
        if not any(other.covers(one) for other in old)
    ]


def _less_open(before: _Resources, after: _Resources) -> list[str]:
    return [
        sentence.replace(" lets in ", " no longer lets in ", 1)
        for sentence in _more_open(after, before)
    ]


def _only(found: Iterable[Grant], effect: str) -> set[Grant]:
    return {grant for grant in found if grant.effect == effect}


def _uncovered(found: set[Grant], by: set[Grant]) -> list[Grant]:
    return sorted(grant for grant in found - by if not any(other.covers(grant) for other in by))


def _sentences(
    found: Iterable[Grant], verb: str, conditional: Iterable[Grant] = ()
) -> Iterator[str]:
    """One sentence for all actions on the same resources, and all resources of the same actions.

    Args:
        found: What is to be told.
        verb: Such as "may".
        conditional: What was allowed before, to tell which condition fell away.
    """
    conditional = list(conditional)
    actions: dict[tuple[tuple[str, str, str, str], str], list[str]] = defaultdict(list)
    for grant in found:
        note = _lost_condition(grant, conditional)
        about = (grant.holder, grant.principal, condition_text(grant.condition), note)
        actions[about, grant.resource].append(grant.action)
    targets: dict[tuple[tuple[str, str, str, str], str], list[str]] = defaultdict(list)
    for (about, resource), done in actions.items():
        targets[about, ", ".join(done)].append(resource)
    for ((holder, principal, condition, note), told), reached in targets.items():
        who = f"{holder}: {_somebody(principal)}" if principal else holder
        where = "everything" if reached == [EVERYTHING] else ", ".join(reached)
        where = f" on {where}" if where else ""
        when = f" when {condition}" if condition else ""
        yield f"{who} {verb} {told}{where}{when}{note}"


def _somebody(principal: str) -> str:
    return "anybody" if principal == EVERYTHING else principal


def _lost_condition(grant: Grant, before: Iterable[Grant]) -> str:
    for other in before:
        if other.condition and replace(other, condition=()).covers(grant):
            return f" (before only when {condition_text(other.condition)})"
    return ""
