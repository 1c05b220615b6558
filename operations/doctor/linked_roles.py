"""The roles that AWS's own services work with, which a fresh account does not have yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config import NodePool
from operations.aws.account import Account
from operations.finding import Finding, ok, warn

TITLE = "service-linked roles"


@dataclass(frozen=True, kw_only=True)
class _LinkedRole:
    name: str
    service: str


_ALWAYS = (
    _LinkedRole(name="AWSServiceRoleForAutoScaling", service="autoscaling.amazonaws.com"),
    _LinkedRole(name="AWSServiceRoleForAmazonEKSNodegroup", service="eks-nodegroup.amazonaws.com"),
)
_SPOT = _LinkedRole(name="AWSServiceRoleForEC2Spot", service="spot.amazonaws.com")


def check_linked_roles(account: Account, pools: Sequence[NodePool]) -> Iterator[Finding]:
    """Are they there?"""
    spot = any(pool.capacity == "spot" for pool in pools)
    roles = (*_ALWAYS, _SPOT) if spot else _ALWAYS
    missing = [
        role
        for role in roles
        if account.find("iam", "get_role", RoleName=role.name, absent=("NoSuchEntity",)) is None
    ]
    if not missing:
        yield ok(TITLE, ", ".join(role.name for role in roles))
    else:
        yield warn(
            TITLE,
            f"the account lacks {', '.join(role.name for role in missing)}",
            "AWS makes them on first use, if whoever deploys may; else no node starts",
            *(
                account.aws(f"iam create-service-linked-role --aws-service-name {role.service}")
                for role in missing
            ),
        )
