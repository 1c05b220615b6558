"""Changes that are not merged unless somebody says that they are meant."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from operations.changes.resource import Fate, ResourceChange
from operations.changes.stateful import REFUSED
from operations.errors import OperationError


class AllowError(OperationError):
    """What was allowed is not there to be allowed, or not told apart."""


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A resource that holds something and would be lost.

    Attributes:
        stack: Name of the stack.
        logical_id: Its id there.
        why: What happens to it, and what is lost.
        allowed: Somebody said that it is meant.
    """

    stack: str
    logical_id: str
    why: str
    allowed: bool = False


def refusals(
    changes: Iterable[ResourceChange], removed_stacks: Iterable[str], allow: Iterable[str]
) -> tuple[Refusal, ...]:
    """What is refused, with those that are allowed marked.

    Args:
        changes: What happens to every resource.
        removed_stacks: Names of stacks that nobody deploys any more.
        allow: Logical ids, or ``STACK/LOGICAL_ID`` where two stacks have the same one.

    Raises:
        AllowError: an id is not among the refused ones, or is in two stacks.
    """
    removed_stacks, allow = set(removed_stacks), set(allow)
    lost = [change for change in changes if change.lost and change.type in REFUSED]
    names = Counter(name for change in lost for name in _names(change))
    for name in sorted(allow):
        if name not in names:
            listed = ", ".join(change.logical_id for change in lost)
            there = f"those that are refused: {listed}" if lost else "nothing is refused"
            raise AllowError(f"--allow {name} allows nothing; {there}")
        if names[name] > 1:
            choices = [f"{one.stack}/{one.logical_id}" for one in lost if one.logical_id == name]
            raise AllowError(f"--allow {name} is in several stacks: choose {', '.join(choices)}")
    return tuple(
        Refusal(
            stack=change.stack,
            logical_id=change.logical_id,
            why=_why(change, change.stack in removed_stacks),
            allowed=not allow.isdisjoint(_names(change)),
        )
        for change in lost
    )


def told_fate(change: ResourceChange, stack_removed: bool = False) -> str:
    """What happens to a resource that is lost, and why."""
    if change.fate is not Fate.REMOVED:
        return f"{change.fate}: {'; '.join(change.reasons)}"
    return "removed: its stack is no longer in the app" if stack_removed else "removed"


def _names(change: ResourceChange) -> tuple[str, str]:
    return change.logical_id, f"{change.stack}/{change.logical_id}"


def _why(change: ResourceChange, stack_removed: bool) -> str:
    holds = REFUSED[change.type]
    if change.kept:
        end = f"orphaned: it stays in the account, managed by nobody, with {holds}"
    elif stack_removed:
        end = f"nothing updates it any more, and deleting its stack loses {holds}"
    else:
        end = f"deleted with {holds}"
    if change.kept and change.fate is not Fate.REMOVED:
        end += "; the new one starts empty"
    return f"{change.type} {told_fate(change, stack_removed)}; {end}"
