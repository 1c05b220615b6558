"""Whether the account may start the nodes that the pools may grow to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from config import GPU_INSTANCES, NodePool
from operations.aws.account import Account
from operations.doctor.quota import Quota, judge, vcpu_quota
from operations.finding import Finding, skip, warn

TITLE = "vCPU quota"


@dataclass(kw_only=True)
class _Need:
    least: int = 0
    most: int = 0
    pools: list[str] = field(default_factory=list)


def check_vcpus(account: Account, pools: Sequence[NodePool]) -> Iterator[Finding]:
    """Does each quota leave room for the smallest and the largest size of the pools?

    A pool may take any of its types, so the one with most vCPUs counts. Whatever else runs in
    the account takes from the same quotas.
    """
    vcpus = _vcpus(account, pools)
    needs: dict[Quota, _Need] = {}
    for pool in pools:
        capacity = str(pool.capacity)
        if capacity == "capacity-block":
            # docs.aws.amazon.com/AWSEC2, "Capacity Blocks for ML": they count against no limit
            # of on-demand instances.
            yield skip(TITLE, f"pool {pool.name}: a capacity block is paid for and needs no quota")
            continue
        largest: dict[Quota, int] = {}
        for name in pool.instance_types:
            quota = vcpu_quota(name, "spot" if capacity == "spot" else "on-demand")
            if quota is None:
                yield warn(
                    TITLE,
                    f"pool {pool.name}: which quota counts {name} as {capacity} is not known here",
                    "a quota of 0 would keep these nodes from starting",
                    account.aws("service-quotas list-service-quotas --service-code ec2"),
                )
            elif name in vcpus:
                largest[quota] = max(largest.get(quota, 0), vcpus[name])
        for quota, size in largest.items():
            need = needs.setdefault(quota, _Need())
            need.least += pool.min_size * size
            need.most += pool.max_size * size
            need.pools.append(pool.name)
    for quota, need in needs.items():
        yield judge(
            account,
            quota,
            title=TITLE,
            least=need.least,
            most=need.most,
            needs=f"needed for pool{'s' if len(need.pools) > 1 else ''} {', '.join(need.pools)}",
            unit="vCPUs",
            without="the nodes do not start",
        )


def _vcpus(account: Account, pools: Sequence[NodePool]) -> dict[str, int]:
    known = {name: instance.vcpus for name, instance in GPU_INSTANCES.items()}
    asked = sorted({name for pool in pools for name in pool.instance_types if name not in known})
    if not asked:
        return known
    # A filter, not a list of names: one that does not exist would be an error for all. That it
    # does not exist is told by the offerings.
    described = account.ask_all(
        "ec2",
        "describe_instance_types",
        "InstanceTypes",
        Filters=[{"Name": "instance-type", "Values": asked}],
    )
    return {one["InstanceType"]: one["VCpuInfo"]["DefaultVCpus"] for one in described} | known
