"""Service-linked roles, which AWS makes in a fresh account when they are first needed."""

from collections.abc import Iterator

import boto3
import pytest

from config import GpuPool
from operations.aws.account import Account
from operations.doctor.linked_roles import check_linked_roles
from operations.finding import Status
from tests.support.moto_account import moto_account

ON_DEMAND = GpuPool(name="gpu", instance_types=("g6.xlarge",), min_size=0, max_size=1)
SPOT = ON_DEMAND.model_copy(update={"capacity": "spot"})


@pytest.fixture
def account() -> Iterator[Account]:
    with moto_account() as account:
        yield account


def make(*roles: str) -> None:
    iam = boto3.client("iam")
    for role in roles:
        iam.create_role(RoleName=role, AssumeRolePolicyDocument="{}")


def test_a_fresh_account_gets_a_command_a_role(account: Account) -> None:
    (finding,) = check_linked_roles(account, [ON_DEMAND, SPOT])

    assert finding.status is Status.WARN
    assert finding.fix == tuple(
        f"aws iam create-service-linked-role --aws-service-name {service}.amazonaws.com"
        for service in ("autoscaling", "eks-nodegroup", "spot")
    )


def test_the_role_of_spot_is_needed_with_spot_only(account: Account) -> None:
    make("AWSServiceRoleForAutoScaling", "AWSServiceRoleForAmazonEKSNodegroup")

    (without,) = check_linked_roles(account, [ON_DEMAND])
    (with_spot,) = check_linked_roles(account, [ON_DEMAND, SPOT])

    assert without.status is Status.OK
    assert with_spot.found == "the account lacks AWSServiceRoleForEC2Spot"
