"""What `cdk bootstrap` leaves behind."""

import json
from collections.abc import Iterator

import boto3
import pytest

from operations.aws.account import Account
from operations.doctor.bootstrap import check_bootstrap, check_deploy_role
from operations.finding import Status
from tests.support.aws_answers import ACCOUNT, AnsweringAccount
from tests.support.moto_account import moto_account

SAFE = (
    "aws iam create-policy --policy-name triton-platform-deploy "
    "--policy-document file://config/bootstrap_policy.json",
    "npx cdk bootstrap --cloudformation-execution-policies "
    "arn:aws:iam::{account}:policy/triton-platform-deploy aws://{account}/eu-central-1",
)


@pytest.fixture
def account() -> Iterator[Account]:
    with moto_account() as account:
        yield account


def safe(account: Account) -> tuple[str, ...]:
    return tuple(line.format(account=account.identity.account) for line in SAFE)


def bootstrap(account: Account, version: int) -> None:
    boto3.client("ssm", account.region).put_parameter(
        Name="/cdk-bootstrap/hnb659fds/version", Value=str(version), Type="String"
    )


def make_role(account: Account, policy: str) -> str:
    iam = boto3.client("iam")
    name = f"cdk-hnb659fds-cfn-exec-role-{account.identity.account}-{account.region}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    made = iam.create_policy(PolicyName=policy, PolicyDocument=json.dumps(document))
    iam.attach_role_policy(RoleName=name, PolicyArn=made["Policy"]["Arn"])
    return name


def test_an_account_that_nobody_bootstrapped_fails_with_the_safe_way(account: Account) -> None:
    (finding,) = check_bootstrap(account)

    assert finding.status is Status.FAIL
    assert "eu-central-1 is not bootstrapped" in finding.found
    assert finding.fix == safe(account)


@pytest.mark.parametrize(("version", "status"), [(5, Status.FAIL), (6, Status.OK), (33, Status.OK)])
def test_a_bootstrap_that_is_too_old_fails(account: Account, version: int, status: Status) -> None:
    bootstrap(account, version)

    (finding,) = check_bootstrap(account)

    assert finding.status is status
    assert f"version {version}, the CDK needs 6" in finding.found


def test_an_old_bootstrap_is_repeated_with_the_policies_it_has() -> None:
    account = AnsweringAccount({"ssm:GetParameter": {"Parameter": {"Value": "5"}}}, profile="p")

    (finding,) = check_bootstrap(account)

    assert finding.fix == (f"npx cdk bootstrap aws://{ACCOUNT}/eu-central-1 --profile p",)


def test_a_deployment_role_that_is_administrator_is_a_warning(account: Account) -> None:
    role = make_role(account, "AdministratorAccess")

    (finding,) = check_deploy_role(account)

    assert finding.status is Status.WARN
    assert finding.found == f"{role} has AdministratorAccess"
    assert finding.fix == safe(account)


def test_a_deployment_role_of_few_rights_is_fine(account: Account) -> None:
    make_role(account, "triton-platform-deploy")

    (finding,) = check_deploy_role(account)

    assert finding.status is Status.OK
    assert finding.found.endswith("has triton-platform-deploy")


def test_before_the_bootstrap_no_deployment_role_is_expected(account: Account) -> None:
    (finding,) = check_deploy_role(account)

    assert finding.status is Status.SKIP


def test_after_the_bootstrap_a_missing_deployment_role_fails(account: Account) -> None:
    bootstrap(account, 33)

    (finding,) = check_deploy_role(account)

    assert finding.status is Status.FAIL
    assert finding.fix == safe(account)
