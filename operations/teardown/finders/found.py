"""Something in the account that belongs to the environment."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Found:
    """One thing, before it is decided whether it is left over.

    Attributes:
        type: Its CloudFormation type.
        id: As CloudFormation calls it, and as the command that removes it wants it.
        detail: What helps to recognise it.
        gib: Its size, where it has one.
        owner: Name of the cluster or function it works for; with that alive it is in use.
        aliases: Other names of the same thing.
        container: What it is in, where the command needs that.
        goes_on: The day on which AWS deletes it by itself.
    """

    type: str
    id: str
    detail: str = ""
    gib: float | None = None
    owner: str = ""
    aliases: tuple[str, ...] = ()
    container: str = ""
    goes_on: date | None = None
