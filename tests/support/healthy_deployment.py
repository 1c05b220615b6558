"""What AWS answers about an environment that is deployed and well."""

from collections.abc import Mapping
from typing import Any, get_args

from config import Addon, Settings, Versions
from config.naming import cluster_name
from tests.support.aws_answers import ACCOUNT, REGION, Answers

_CREATED = "2026-11-24T00:00:00Z"


def healthy_deployment(settings: Settings, versions: Versions) -> Answers:
    """The answers; a test replaces one by one."""
    pins = versions.kubernetes[settings.cluster.kubernetes].addons
    pools = {f"Nodes{pool.name}-x1": pool for pool in settings.cluster.pools}

    def addon(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return addon_answer(arguments["addonName"], pins.get(arguments["addonName"], "v1"))

    def group(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        pool = pools[arguments["nodegroupName"]]
        return group_answer(arguments["nodegroupName"], pool.name, pool.min_size)

    assert set(pins) <= set(get_args(Addon))
    return {
        "cloudformation:DescribeStacks": lambda arguments: stack_answer(
            arguments["StackName"], "UPDATE_COMPLETE"
        ),
        "ecr:DescribeImages": {"imageDetails": [{}]},
        "eks:DescribeCluster": cluster_answer(settings),
        "eks:DescribeAddon": addon,
        "eks:ListNodegroups": {"nodegroups": list(pools)},
        "eks:DescribeNodegroup": group,
    }


def stack_answer(name: str, status: str) -> dict[str, Any]:
    """A stack in a status."""
    return {"Stacks": [{"StackName": name, "StackStatus": status, "CreationTime": _CREATED}]}


def cluster_answer(settings: Settings, **changed: Any) -> dict[str, Any]:
    """The cluster, changed as given."""
    name = cluster_name(settings.name)
    cluster = {
        "name": name,
        "arn": f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/{name}",
        "version": settings.cluster.kubernetes,
        "status": "ACTIVE",
        "health": {"issues": []},
    }
    return {"cluster": cluster | changed}


def addon_answer(name: str, version: str, **changed: Any) -> dict[str, Any]:
    """An add-on, changed as given."""
    addon = {"addonName": name, "addonVersion": version, "status": "ACTIVE"}
    return {"addon": addon | changed}


def group_answer(name: str, pool: str, desired: int, **changed: Any) -> dict[str, Any]:
    """A node group, changed as given."""
    group = {
        "nodegroupName": name,
        "status": "ACTIVE",
        "labels": {"pool": pool},
        "scalingConfig": {"minSize": 0, "maxSize": 9, "desiredSize": desired},
        "health": {"issues": []},
    }
    return {"nodegroup": group | changed}
