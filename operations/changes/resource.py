"""What happens to one resource."""

from dataclasses import dataclass
from enum import StrEnum

from operations.changes.property import PropertyChange


class Fate(StrEnum):
    """What CloudFormation does, the worst first."""

    REPLACED = "replaced"
    PERHAPS_REPLACED = "perhaps replaced"
    REMOVED = "removed"
    UPDATED = "updated"
    ADDED = "added"


@dataclass(frozen=True, kw_only=True)
class ResourceChange:
    """One resource of one stack that a deployment touches.

    Attributes:
        stack: Name of the stack.
        logical_id: Its id there; of a renamed one the old id.
        type: Its type; of one whose type changes the old type.
        fate: What happens to it.
        reasons: Why it is replaced.
        properties: What differs.
        kept: The old one stays in the account, without anybody managing it (DeletionPolicy).
        becomes: The new logical id in the same stack, of a renamed one.
        bare: It loses the policy that would have kept it when it is removed or replaced later.
    """

    stack: str
    logical_id: str
    type: str
    fate: Fate
    reasons: tuple[str, ...] = ()
    properties: tuple[PropertyChange, ...] = ()
    kept: bool = False
    becomes: str | None = None
    bare: bool = False

    @property
    def lost(self) -> bool:
        """Whether what there was is, or may be, no longer part of the platform."""
        return self.fate in (Fate.REPLACED, Fate.PERHAPS_REPLACED, Fate.REMOVED)

    @property
    def only_assets(self) -> bool:
        """Whether nothing but hashes of assets differ."""
        return bool(self.properties) and all(change.asset for change in self.properties)

    def __str__(self) -> str:
        """Where it is and what it is."""
        return f"{self.stack}: {self.logical_id} ({self.type})"
