"""Load balancers that controllers on the cluster made: CloudFormation does not know them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from operations.aws.account import Account
from operations.aws.tags import tags_of
from operations.teardown.kinds import CLASSIC_LOAD_BALANCER, LOAD_BALANCER
from operations.teardown.target import Target

_TAGS_A_CALL = 20  # of DescribeTags, for both kinds


@dataclass(frozen=True, kw_only=True)
class LoadBalancer:
    """One load balancer.

    Attributes:
        type: Its CloudFormation type.
        name: Its name.
        id: ARN; a classic one has only its name.
    """

    type: str
    name: str
    id: str


def load_balancers(
    account: Account, owned: Callable[[dict[str, str]], bool]
) -> tuple[LoadBalancer, ...]:
    """The load balancers of the region whose tags ``owned`` accepts."""
    modern = account.ask_all("elbv2", "describe_load_balancers", "LoadBalancers")
    by_arn = {one["LoadBalancerArn"]: one["LoadBalancerName"] for one in modern}
    classic = account.ask_all("elb", "describe_load_balancers", "LoadBalancerDescriptions")
    names = [one["LoadBalancerName"] for one in classic]
    return tuple(
        LoadBalancer(type=LOAD_BALANCER, name=by_arn[arn], id=arn)
        for arn, tags in elbv2_tags(account, list(by_arn))
        if owned(tags)
    ) + tuple(
        LoadBalancer(type=CLASSIC_LOAD_BALANCER, name=name, id=name)
        for name, tags in _tags(account, "elb", names, "LoadBalancerNames", "LoadBalancerName")
        if owned(tags)
    )


def of_cluster(account: Account, target: Target) -> tuple[LoadBalancer, ...]:
    """The load balancers that the cluster's controllers made."""
    return load_balancers(account, target.made_by_cluster)


def elbv2_tags(account: Account, arns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """The tags of load balancers or target groups."""
    return _tags(account, "elbv2", arns, "ResourceArns", "ResourceArn")


def _tags(
    account: Account, service: str, ids: Sequence[str], argument: str, key: str
) -> Iterator[tuple[str, dict[str, str]]]:
    for start in range(0, len(ids), _TAGS_A_CALL):
        some: dict[str, Any] = {argument: list(ids[start : start + _TAGS_A_CALL])}
        answer = account.ask(service, "describe_tags", **some)
        for described in answer["TagDescriptions"]:
            yield described[key], tags_of(described)
