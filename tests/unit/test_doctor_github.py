"""GitHub's repository and its identity provider."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from config import GitHubSettings
from operations.aws.account import Account
from operations.doctor.github import check_github, check_provider
from operations.finding import Finding, Status
from tests.support.aws_answers import Answer, AnsweringAccount, Refused
from tests.support.moto_account import moto_account

FILE = "config/environments/prod.toml"
NO_STACK = Refused("ValidationError", "Stack with id x does not exist")
ARN = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"


@pytest.fixture
def account() -> Iterator[Account]:
    with moto_account() as account:
        yield account


def settings(**values: Any) -> GitHubSettings:
    return GitHubSettings(repository="octo/platform", **values)


def provider(account: Account, github: GitHubSettings | None) -> Finding:
    (finding,) = check_provider(account, "prod", github, file=FILE)
    return finding


def with_provider(*in_the_stack: str) -> Account:
    """An account that has a provider; and what the security stack consists of."""
    resources = [
        {
            "PhysicalResourceId": name,
            "LogicalResourceId": "Some",
            "ResourceType": "AWS::IAM::OIDCProvider",
            "LastUpdatedTimestamp": "2026-01-01T00:00:00Z",
            "ResourceStatus": "CREATE_COMPLETE",
        }
        for name in in_the_stack
    ]
    stack: Answer = {"StackResourceSummaries": resources} if resources else NO_STACK
    return AnsweringAccount(
        {
            "iam:ListOpenIDConnectProviders": {"OpenIDConnectProviderList": [{"Arn": ARN}]},
            "cloudformation:ListStackResources": stack,
        }
    )


@pytest.mark.parametrize(
    ("github", "status"),
    [
        (None, Status.SKIP),
        (settings(), Status.WARN),
        (settings(owner_id="1", repository_id="2"), Status.OK),
    ],
)
def test_a_repository_is_known_by_its_numbers(
    github: GitHubSettings | None, status: Status
) -> None:
    (finding,) = check_github(github, file=FILE)

    assert finding.status is status
    if status is Status.WARN:
        assert finding.fix == (
            f"{FILE}: github.owner_id: gh api repos/octo/platform --jq .owner.id",
            f"{FILE}: github.repository_id: gh api repos/octo/platform --jq .id",
        )


def test_without_github_no_provider_is_looked_for() -> None:
    account = AnsweringAccount({})

    assert provider(account, None).status is Status.SKIP
    assert account.asked == []


def test_where_there_is_no_provider_the_stack_makes_it(account: Account) -> None:
    iam = boto3.client("iam")
    iam.create_open_id_connect_provider(Url="https://gitlab.com", ThumbprintList=["0" * 40])

    finding = provider(account, settings())

    assert finding.status is Status.OK
    assert "the security stack makes it" in finding.found


def test_a_provider_that_is_named_and_there_is_fine(account: Account) -> None:
    made = boto3.client("iam").create_open_id_connect_provider(
        Url="https://token.actions.githubusercontent.com", ThumbprintList=["0" * 40]
    )

    finding = provider(account, settings(oidc_provider_arn=made["OpenIDConnectProviderArn"]))

    assert finding.status is Status.OK


def test_a_named_provider_that_is_not_there_fails(account: Account) -> None:
    finding = provider(account, settings(oidc_provider_arn=ARN))

    assert finding.status is Status.FAIL
    assert finding.fix == (
        f"{FILE}: remove github.oidc_provider_arn: the security stack makes one",
    )


def test_a_named_provider_of_another_account_fails_with_the_one_there_is() -> None:
    other = ARN.replace("111122223333", "999999999999")

    finding = provider(with_provider(), settings(oidc_provider_arn=other))

    assert finding.status is Status.FAIL
    assert finding.fix == (f'{FILE}: github.oidc_provider_arn = "{ARN}"',)


@pytest.mark.parametrize("in_the_stack", [(), ("something-else",)])
def test_a_strangers_provider_fails_with_the_line_that_takes_it_over(
    in_the_stack: tuple[str, ...],
) -> None:
    finding = provider(with_provider(*in_the_stack), settings())

    assert finding.status is Status.FAIL
    assert finding.fix == (f'{FILE}: github.oidc_provider_arn = "{ARN}"',)


def test_the_security_stacks_own_provider_is_fine() -> None:
    finding = provider(with_provider("something-else", ARN), settings())

    assert finding.status is Status.OK
