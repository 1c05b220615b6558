"""What deploying one cloud assembly over another would change; asks nobody, reads files only."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.changes.access import AccessChange, access_changes
from operations.changes.assembly import Template, by_name, read_assembly
from operations.changes.fates import resource_changes
from operations.changes.manifest import DocumentChange, document_changes
from operations.changes.property import PropertyChange, property_changes
from operations.changes.refusal import Refusal, refusals
from operations.changes.resource import ResourceChange


@dataclass(frozen=True, kw_only=True)
class SectionChange:
    """Something else than a resource that differs in a template: an output, a parameter."""

    stack: str
    change: PropertyChange


@dataclass(frozen=True, kw_only=True)
class Changes:
    """All that a deployment would change.

    Attributes:
        added_stacks: Stacks that only the new assembly has.
        removed_stacks: Stacks that only the old one has; the CDK leaves them running.
        resources: Every resource that differs.
        access: Who may do more, and then who may do less.
        documents: Kubernetes objects and Helm values that differ.
        sections: Outputs, parameters and conditions that differ.
        losses: What must not be merged without being allowed, allowed or not.
    """

    added_stacks: tuple[str, ...]
    removed_stacks: tuple[str, ...]
    resources: tuple[ResourceChange, ...]
    access: tuple[AccessChange, ...]
    documents: tuple[DocumentChange, ...]
    sections: tuple[SectionChange, ...]
    losses: tuple[Refusal, ...]

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """Reasons why this must not be merged as it is."""
        return tuple(loss for loss in self.losses if not loss.allowed)

    @property
    def nothing(self) -> bool:
        """Whether a deployment would change nothing."""
        return not (self.added_stacks or self.removed_stacks or self.resources or self.sections)


def compare(old: Path, new: Path, allow: Iterable[str] = ()) -> Changes:
    """Compare two cloud assemblies.

    Args:
        old: Directory of the assembly that is deployed, as `cdk synth` wrote it.
        new: Directory of the one that would be.
        allow: Logical ids of losses that are meant.

    Raises:
        AssemblyError: one of them is no assembly.
        AllowError: something is allowed that is not refused.
    """
    before, after = by_name(read_assembly(old), read_assembly(new))
    added, removed = (
        tuple(sorted(one.keys() - other.keys()))
        for one, other in ((after, before), (before, after))
    )
    changed = resource_changes(before, after)
    return Changes(
        added_stacks=added,
        removed_stacks=removed,
        resources=changed,
        access=access_changes(before, after, changed),
        documents=document_changes(before, after),
        sections=tuple(_sections(before, after)),
        losses=refusals(changed, removed, allow),
    )


def _sections(old: dict[str, Template], new: dict[str, Template]) -> Iterable[SectionChange]:
    for stack in sorted(old.keys() & new.keys()):
        for change in property_changes(_beside(old[stack]), _beside(new[stack])):
            yield SectionChange(stack=stack, change=change)


def _beside(template: Template) -> dict[str, Any]:
    return {key: value for key, value in template.items() if key != "Resources"}
