"""Whether AWS has the pools' machines in the zones where the pools want them."""

from collections.abc import Iterator, Sequence

from config import NodePool
from operations.aws.account import Account
from operations.finding import Finding, fail, ok, warn

TITLE = "instance types"


def check_offerings(
    account: Account, pools: Sequence[NodePool], zones: Sequence[str], *, file: str
) -> Iterator[Finding]:
    """Is each type of each pool offered in each of its zones?

    Args:
        account: The account.
        pools: Of nodes.
        zones: Where a pool is that names none.
        file: The settings' file, for the edits that are proposed.
    """
    wanted = sorted({name for pool in pools for name in pool.instance_types})
    offered = {
        (one["InstanceType"], one["Location"])
        for one in account.ask_all(
            "ec2",
            "describe_instance_type_offerings",
            "InstanceTypeOfferings",
            LocationType="availability-zone",
            Filters=[{"Name": "instance-type", "Values": wanted}],
        )
    }
    for pool in pools:
        places = getattr(pool, "availability_zones", None) or zones
        yield _of_pool(account, pool, places, offered, file)


def _of_pool(
    account: Account,
    pool: NodePool,
    zones: Sequence[str],
    offered: set[tuple[str, str]],
    file: str,
) -> Finding:
    missing = {
        name: [zone for zone in zones if (name, zone) not in offered]
        for name in pool.instance_types
    }
    told = "; ".join(
        f"{name} not in {', '.join(where)}" for name, where in missing.items() if where
    )
    types = ", ".join(pool.instance_types)
    listing = account.aws(
        "ec2 describe-instance-type-offerings --location-type availability-zone --filters "
        f"Name=location,Values={','.join(zones)} --query "
        "'InstanceTypeOfferings[].[InstanceType,Location]' --output text"
    )
    edit = f"{file}: pool {pool.name}: instance_types or availability_zones, from that list"
    if not told:
        return ok(TITLE, f"pool {pool.name}: {types} in {', '.join(zones)}")
    if all(len(where) == len(zones) for where in missing.values()):
        return fail(
            TITLE,
            f"pool {pool.name}: {types}: none is offered in {', '.join(zones)}",
            "the pool gets no node",
            listing,
            edit,
        )
    bare = [zone for zone in zones if all(zone in where for where in missing.values())]
    meaning = (
        f"the pool gets no node in {', '.join(bare)}"
        if bare
        else "fewer types to choose from there: more often without capacity"
    )
    return warn(TITLE, f"pool {pool.name}: {told}", meaning, listing, edit)
