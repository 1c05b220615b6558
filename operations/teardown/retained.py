"""What a teardown keeps because the templates say so, and what it would leave by accident."""

from collections.abc import Iterator
from dataclasses import dataclass

from config.prices import Prices
from operations.aws.account import Account
from operations.teardown.finders.found import Found
from operations.teardown.finders.logs import log_groups
from operations.teardown.finders.machines import volumes
from operations.teardown.kinds import kind_name, monthly_usd, removal
from operations.teardown.sizes import size_gib
from operations.teardown.stacks import DeployedStack
from operations.teardown.target import Target


@dataclass(frozen=True, kw_only=True)
class Staying:
    """One thing that is there after the teardown.

    Attributes:
        kind: In plain words.
        id: What AWS calls it.
        why: Who keeps it, or who forgets it.
        gib: Its size, where that is cheap to ask.
        monthly_usd: What it costs, where that is known.
        remove: The command that would delete it.
    """

    kind: str
    id: str
    why: str
    gib: float | None
    monthly_usd: float | None
    remove: str


def kept_on_purpose(
    account: Account, target: Target, prices: Prices, stacks: tuple[DeployedStack, ...]
) -> Iterator[Staying]:
    """What the deployed templates retain, in the order of the stacks."""
    for stack in stacks:
        for one in stack.resources:
            if not one.retained or not one.physical_id:
                continue
            gib = size_gib(account, one.type, one.physical_id)
            yield Staying(
                kind=kind_name(one.type),
                id=one.physical_id,
                why=f"stack {stack.noun} retains {one.logical_id}",
                gib=gib,
                monthly_usd=monthly_usd(prices, one.type, gib),
                remove=removal(account, one.type, one.physical_id),
            )


def left_by_accident(
    account: Account, target: Target, prices: Prices, stacks: tuple[DeployedStack, ...]
) -> Iterator[Staying]:
    """Disks of Kubernetes claims and logs of services: no stack owns them, so none deletes them."""
    owned = {one.physical_id for stack in stacks for one in stack.resources}
    for found in volumes(account, target):
        if found.id not in owned and found.owner:
            yield _unowned(
                account, found, "a disk of a Kubernetes claim: delete the claim first", prices
            )
    for found in log_groups(account, target):
        if found.id not in owned:
            yield _unowned(account, found, "a service made it by itself", prices)


def _unowned(account: Account, found: Found, why: str, prices: Prices) -> Staying:
    return Staying(
        kind=kind_name(found.type),
        id=found.id,
        why=f"{why} ({found.detail})",
        gib=found.gib,
        monthly_usd=monthly_usd(prices, found.type, found.gib),
        remove=removal(account, found.type, found.id),
    )
