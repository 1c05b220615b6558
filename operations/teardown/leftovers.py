"""What is still in the account after a teardown. Lists only: nothing here deletes anything."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from config.prices import Prices
from operations.aws.account import Account
from operations.aws.unanswered import UnansweredError
from operations.teardown.finders import data, logs, machines, network, secrecy
from operations.teardown.finders.found import Found
from operations.teardown.finders.tagged import arn_kind, ends_of, other_arns
from operations.teardown.kinds import KEY, kind_name, monthly_usd, removal
from operations.teardown.stacks import DeployedStack, deployed_stacks, kept_ids
from operations.teardown.target import Target

Finder = Callable[[Account, Target], Iterator[Found]]

FINDERS: dict[str, Finder] = {
    "instances": machines.instances,
    "load balancers": network.balancers,
    "target groups": network.target_groups,
    "network interfaces": network.network_interfaces,
    "security groups": network.security_groups,
    "elastic IPs": network.addresses,
    "EBS volumes": machines.volumes,
    "EBS snapshots": machines.snapshots,
    "launch templates": machines.launch_templates,
    "S3 buckets": data.buckets,
    "EFS file systems": data.file_systems,
    "ECR repositories": data.repositories,
    "backup vaults": data.vaults,
    "KMS keys": secrecy.keys,
    "secrets": secrecy.secrets,
    "log groups": logs.log_groups,
}


class State(StrEnum):
    """Why something is still there.

    Attributes:
        UNEXPECTED: Nobody wants it.
        KEPT: A deleted stack's template keeps it.
        SCHEDULED: AWS deletes it by itself on a known day.
        UNVERIFIED: Only the tagging service names it, which may lag behind by hours.
    """

    UNEXPECTED = "unexpected"
    KEPT = "kept"
    SCHEDULED = "scheduled"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """One thing that is still there.

    Attributes:
        state: Why.
        kind: In plain words.
        id: What AWS calls it.
        detail: What helps to recognise it.
        gib: Its size, where it has one.
        monthly_usd: What it costs, where that is known; nothing when it is scheduled.
        goes_on: When AWS deletes it by itself.
        remove: The command that would delete it now; empty where there is none.
    """

    state: State
    kind: str
    id: str
    detail: str
    gib: float | None
    monthly_usd: float | None
    goes_on: date | None
    remove: str


@dataclass(frozen=True, kw_only=True)
class Leftovers:
    """The result of a search.

    Attributes:
        deployed: Stacks that exist; what they hold is in use and not listed.
        items: What is there.
        unseen: Kinds that could not be looked at, with AWS's reason.
    """

    deployed: tuple[str, ...]
    items: tuple[Leftover, ...]
    unseen: tuple[str, ...]

    @property
    def clean(self) -> bool:
        """Whether all was seen and nothing unexpected is left."""
        return not (self.deployed or self.unseen or self.of(State.UNEXPECTED))

    def of(self, state: State) -> tuple[Leftover, ...]:
        """The items in one state."""
        return tuple(item for item in self.items if item.state is state)


def find_leftovers(
    account: Account,
    target: Target,
    prices: Prices,
    *,
    looking: Callable[[str], None] = lambda kind: None,
) -> Leftovers:
    """Search the region by tags and names for what no living stack owns.

    Args:
        account: Where.
        target: Whose.
        prices: For the costs.
        looking: Told each kind before it is searched.
    """
    stacks = deployed_stacks(account, target)
    kept = kept_ids(account, target)
    items: list[Leftover] = []
    unseen: list[str] = []
    for kind, find in (*FINDERS.items(), ("other tagged things", _others)):
        looking(kind)
        try:
            items += [
                _judged(account, one, kept, prices)
                for one in find(account, target)
                if not in_use(one, stacks, target)
            ]
        except UnansweredError as error:
            if not error.denied:
                raise
            unseen.append(f"{kind}: {error.told}")
    return Leftovers(
        deployed=tuple(stack.name for stack in stacks), items=tuple(items), unseen=tuple(unseen)
    )


def in_use(one: Found, stacks: tuple[DeployedStack, ...], target: Target) -> bool:
    """Whether a living stack owns it, or a cluster or function of a living stack works with it."""
    names = {one.id, *one.aliases}
    if one.type == _OTHER:
        names |= ends_of(one.id)
    if any(resource.physical_id in names for stack in stacks for resource in stack.resources):
        return True
    if one.owner == target.cluster:
        return any(stack.noun == "cluster" for stack in stacks)
    return any(one.owner.startswith(stack.name) for stack in stacks)


_OTHER = ""  # a type that is not known


def _others(account: Account, target: Target) -> Iterator[Found]:
    for arn in other_arns(account, target):
        yield Found(type=_OTHER, id=arn)


def _judged(account: Account, one: Found, kept: frozenset[str], prices: Prices) -> Leftover:
    names = {one.id, *one.aliases} | (ends_of(one.id) if one.type == _OTHER else set())
    state = State.UNEXPECTED
    if one.goes_on:
        state = State.SCHEDULED
    elif names & kept or one.container in kept:
        state = State.KEPT
    elif one.type == _OTHER:
        state = State.UNVERIFIED
    return Leftover(
        state=state,
        kind=kind_name(one.type) or arn_kind(one.id),
        id=one.id,
        detail=one.detail,
        gib=one.gib,
        monthly_usd=0.0 if one.goes_on else monthly_usd(prices, one.type, one.gib),
        goes_on=one.goes_on,
        # A key's delay cannot be cut short.
        remove=""
        if one.goes_on and one.type == KEY
        else removal(account, one.type, one.id, one.container),
    )
