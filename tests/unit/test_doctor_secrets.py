"""Secrets that a person has to fill."""

from collections.abc import Iterator

import boto3
import pytest

from config.naming import secret_name
from operations.aws.account import Account
from operations.doctor.secret_values import check_secrets
from operations.finding import Finding, Status
from tests.support.aws_answers import AnsweringAccount
from tests.support.moto_account import moto_account

NAME = secret_name("prod", "ngc-api-key")


@pytest.fixture
def account() -> Iterator[Account]:
    with moto_account() as account:
        yield account


def look(account: Account) -> Finding:
    (finding,) = check_secrets(account, "prod", ["ngc-api-key"])
    return finding


def test_secrets_that_are_not_made_yet_are_skipped_in_one_line(account: Account) -> None:
    (finding,) = check_secrets(account, "prod", ["ngc-api-key", "alert-webhook"])

    assert finding.status is Status.SKIP
    assert finding.found.endswith(f"{NAME}, {secret_name('prod', 'alert-webhook')}")
    assert "triton-platform-prod-security" in finding.meaning


def test_an_unfilled_secret_is_a_warning_and_its_value_never_an_argument(account: Account) -> None:
    boto3.client("secretsmanager", account.region).create_secret(Name=NAME)

    finding = look(account)

    assert finding.status is Status.WARN
    assert finding.fix == (
        f"aws secretsmanager put-secret-value --secret-id {NAME} "
        "--secret-string file:///dev/stdin --region eu-central-1",
    )


def test_a_filled_secret_is_fine(account: Account) -> None:
    manager = boto3.client("secretsmanager", account.region)
    manager.create_secret(Name=NAME, SecretString="x")

    assert look(account).status is Status.OK


def test_a_secret_with_only_an_earlier_value_is_unfilled() -> None:
    stages = {"VersionIdsToStages": {"0" * 32: ["AWSPREVIOUS"]}}

    finding = look(AnsweringAccount({"secretsmanager:DescribeSecret": stages}))

    assert finding.status is Status.WARN


def test_a_secret_that_is_being_deleted_fails(account: Account) -> None:
    manager = boto3.client("secretsmanager", account.region)
    manager.create_secret(Name=NAME, SecretString="x")
    manager.delete_secret(SecretId=NAME)

    finding = look(account)

    assert finding.status is Status.FAIL
    assert "restore-secret" in finding.fix[0]


def test_no_value_is_ever_read() -> None:
    stages = {"VersionIdsToStages": {"0" * 32: ["AWSCURRENT"]}}
    account = AnsweringAccount({"secretsmanager:DescribeSecret": stages})

    look(account)

    assert account.asked == ["secretsmanager:DescribeSecret"]
