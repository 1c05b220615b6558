"""Whether every pool of the settings has its node group, and EKS finds nothing wrong with it."""

from collections.abc import Iterator, Sequence
from typing import Any

from config import NodePool
from config.naming import cluster_name
from operations.aws.account import Account
from operations.finding import Finding, fail, ok

TITLE = "nodes"

# The label by which a node tells its pool.
_POOL_LABEL = "pool"


def check_nodes(account: Account, environment: str, pools: Sequence[NodePool]) -> Iterator[Finding]:
    """Is the node group of each pool active, without issues and large enough?"""
    cluster = cluster_name(environment)
    groups = {group["labels"].get(_POOL_LABEL): group for group in _groups(account, cluster)}
    for pool in pools:
        group = groups.get(pool.name)
        if group is None:
            yield fail(
                TITLE,
                f"pool {pool.name} has no node group",
                "pods that only its machines take stay pending",
                f"make deploy ENV={environment}",
            )
            continue
        wrong = list(_wrong(account, environment, pool, group))
        yield from wrong
        if not wrong:
            yield ok(
                TITLE,
                f"pool {pool.name} is active, {group['scalingConfig']['desiredSize']} of "
                f"{pool.min_size} to {pool.max_size} nodes",
            )


def _groups(account: Account, cluster: str) -> Iterator[Any]:
    for name in account.ask_all("eks", "list_nodegroups", "nodegroups", clusterName=cluster):
        group = account.ask("eks", "describe_nodegroup", clusterName=cluster, nodegroupName=name)[
            "nodegroup"
        ]
        yield {"labels": {}, **group}


def _wrong(account: Account, environment: str, pool: NodePool, group: Any) -> Iterator[Finding]:
    name = group["nodegroupName"]
    describe = account.aws(
        f"eks describe-nodegroup --cluster-name {cluster_name(environment)} --nodegroup-name {name}"
    )
    if group["status"] != "ACTIVE":
        yield fail(
            TITLE,
            f"pool {pool.name}: {name} is {group['status']}",
            "it may lose nodes, or get none",
            describe,
        )
    for issue in group.get("health", {}).get("issues", ()):
        yield fail(
            TITLE,
            f"pool {pool.name}: {issue['code']}: {issue.get('message', '')}",
            "EKS cannot keep its nodes running",
            describe,
            f"tritonctl doctor -e {environment}",
        )
    desired = group["scalingConfig"]["desiredSize"]
    if desired < pool.min_size:
        yield fail(
            TITLE,
            f"pool {pool.name} wants {desired} nodes, the settings say {pool.min_size} at least",
            "it cannot carry what it was sized for",
            f"make deploy ENV={environment}",
        )
