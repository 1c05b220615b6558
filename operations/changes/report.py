"""A comparison in the order in which a reviewer wants to read it: what hurts comes first."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from operations.changes.comparison import Changes
from operations.changes.refusal import told_fate
from operations.changes.resource import Fate, ResourceChange
from operations.changes.stateful import REFUSED, TOLD


@dataclass(frozen=True, kw_only=True)
class Diff:
    """A document that differs, under its name."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """Changes of one kind.

    Attributes:
        title: What they have in common.
        lines: One change each.
        diffs: Documents that go with them.
        danger: Somebody has to have seen this.
    """

    title: str
    lines: tuple[str, ...]
    diffs: tuple[Diff, ...] = ()
    danger: bool = False


def verdict(changes: Changes) -> str:
    """The comparison in one line."""
    if changes.nothing:
        return "no changes"
    count = len(changes.resources) + len(changes.sections)
    stacks = {one.stack for one in changes.resources} | {one.stack for one in changes.sections}
    stacks |= {*changes.added_stacks, *changes.removed_stacks}
    told = f"{_plural(count, 'change')} in {_plural(len(stacks), 'stack')}"
    if changes.refused:
        ids = ", ".join(loss.logical_id for loss in changes.refused)
        return f"refused: {ids} would be lost; {told} in all"
    wider = sum(one.wider for one in changes.access)
    widened = f"; {_plural(wider, 'widening')} of access" if wider else ""
    return f"{told}, nothing is refused{widened}"


def sections(changes: Changes) -> list[Section]:
    """Everything there is to say; sections without lines are left out."""
    wider, narrower = (
        tuple(f"{one.stack}: {one.what}" for one in changes.access if one.wider is wide)
        for wide in (True, False)
    )
    found = [
        Section(
            title="Refused: this would be lost (--allow LOGICAL_ID says that it is meant)",
            lines=_losses(changes, allowed=False),
            danger=True,
        ),
        Section(title="Lost, and allowed", lines=_losses(changes, allowed=True), danger=True),
        Section(title="Interrupted or less protected", lines=tuple(_felt(changes)), danger=True),
        Section(title="More access", lines=wider, danger=True),
        Section(title="Other replacements and removals", lines=tuple(_other_losses(changes))),
        Section(
            title="Kubernetes objects and Helm values",
            lines=tuple(f"{one.stack}: {one.verb} {one.name}" for one in changes.documents),
            diffs=tuple(
                Diff(name=f"{one.verb} {one.name}", text=one.diff) for one in changes.documents
            ),
        ),
        Section(title="Less access", lines=narrower),
        Section(title="Updates", lines=tuple(_updates(changes.resources))),
        Section(title="Additions", lines=tuple(_additions(changes))),
        Section(
            title="Outputs, parameters and the rest",
            lines=tuple(f"{one.stack}: {one.change}" for one in changes.sections),
        ),
    ]
    return [section for section in found if section.lines]


def _losses(changes: Changes, *, allowed: bool) -> tuple[str, ...]:
    return tuple(
        f"{loss.stack}: {loss.logical_id} {loss.why}"
        for loss in changes.losses
        if loss.allowed is allowed
    )


def _felt(changes: Changes) -> Iterator[str]:
    for stack in changes.removed_stacks:
        yield f"{stack} is no longer in the app: the CDK leaves it running, `cdk destroy` ends it"
    for one in changes.resources:
        if one.lost and one.type in TOLD:
            yield f"{one} {_fate(one, changes)}; {TOLD[one.type]}{_kept(one)}"
        if one.bare:
            yield f"{one} would no longer be kept when it is removed or replaced"
    for document in changes.documents:
        if document.warning:
            yield f"{document.stack}: removed {document.name}: {document.warning}"


def _other_losses(changes: Changes) -> Iterator[str]:
    for one in changes.resources:
        if one.lost and one.type not in TOLD and one.type not in REFUSED:
            yield f"{one} {_fate(one, changes)}{_kept(one)}"


def _updates(resources: Iterable[ResourceChange]) -> Iterator[str]:
    for one in resources:
        if one.only_assets:
            yield f"{one}: asset"
        # Why a resource is replaced is told before; what else differs of it is told here.
        elif one.fate is not Fate.ADDED and one.properties:
            yield f"{one}: {'; '.join(map(str, one.properties))}"


def _additions(changes: Changes) -> Iterator[str]:
    added: dict[str, Counter[str]] = {stack: Counter() for stack in changes.added_stacks}
    for one in changes.resources:
        if one.fate is Fate.ADDED:
            added.setdefault(one.stack, Counter())[one.type] += 1
    for stack, types in sorted(added.items()):
        new = " is a new stack" if stack in changes.added_stacks else ""
        listed = ", ".join(f"{count} {name}" for name, count in sorted(types.items()))
        yield f"{stack}{new}: {listed or 'no resources'}"


def _fate(one: ResourceChange, changes: Changes) -> str:
    return told_fate(one, one.stack in changes.removed_stacks)


def _kept(one: ResourceChange) -> str:
    return "; the old one stays in the account, managed by nobody" if one.kept else ""


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
