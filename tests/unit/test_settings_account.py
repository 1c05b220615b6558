"""Accounts, people, repositories, money and names: a mistake in each is told."""

from pathlib import Path

import pytest

from config import load_settings
from tests.support.settings_mistakes import (
    assert_refused,
    refusal,
    write_settings,
    write_table,
)

ACCOUNT = 'name = "dev"'
CONNECTION = (
    'connection_arn = "arn:aws:codeconnections:eu-central-1:111122223333:connection/'
    '00000000-0000-0000-0000-000000000000"'
)
LEGACY_CONNECTION = CONNECTION.replace("codeconnections", "codestar-connections")
PROVIDER = (
    'oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/'
    'token.actions.githubusercontent.com"'
)
GITHUB = '[github]\nrepository = "acme/triton"\n'


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "remedy"),
    [
        pytest.param(
            ACCOUNT,
            f'{ACCOUNT}\naccount = "12345"',
            "account",
            "'12345'",
            'write the 12 digits of the only account to deploy to, in quotes, for instance "1',
            id="account id too short",
        ),
        pytest.param(
            ACCOUNT,
            f"{ACCOUNT}\naccount = 111122223333",
            "account",
            "111122223333:",
            'write text, in "quotes"',
            id="account id without quotes",
        ),
    ],
)
def test_a_mistake_is_told_with_key_value_and_remedy(
    tmp_path: Path, old: str, new: str, key: str, value: str, remedy: str
) -> None:
    assert_refused(write_settings(tmp_path, old, new), key, value, remedy)


@pytest.mark.parametrize(
    ("table", "key", "value", "remedy"),
    [
        pytest.param(
            '[github]\nrepository = "triton"',
            "github.repository",
            "'triton'",
            'write owner/name, for instance "acme/triton"',
            id="repository without owner",
        ),
        pytest.param(
            '[github]\nrepository = "https://github.com/acme/triton"',
            "github.repository",
            "'https://github.com/acme/triton'",
            "write owner/name",
            id="address of a repository",
        ),
        pytest.param(
            f'{GITHUB}owner_id = "1"',
            "github",
            "owner_id and repository_id go together",
            "Add the other, or remove both",
            id="owner without repository",
        ),
        pytest.param(
            f'{GITHUB}repository_id = "1"',
            "github",
            "owner_id and repository_id go together",
            "Add the other, or remove both",
            id="repository without owner id",
        ),
        pytest.param(
            f'{GITHUB}owner_id = "acme"\nrepository_id = "1"',
            "github.owner_id",
            "'acme'",
            "write the number from `gh api repos/OWNER/NAME --jq .owner.id`",
            id="name for an id",
        ),
        pytest.param(
            f'{GITHUB}oidc_provider_arn = "arn:aws:iam::111122223333:oidc-provider/gitlab.com"',
            "github.oidc_provider_arn",
            "gitlab.com'",
            "write the ARN of the account's identity provider for GitHub, for instance",
            id="provider of another issuer",
        ),
        pytest.param(
            f"{GITHUB}[delivery]\n{CONNECTION}",
            "delivery",
            "ends in production",
            "remove it from dev",
            id="delivery not in production",
        ),
        pytest.param(
            '[delivery]\nconnection_arn = "github"',
            "delivery.connection_arn",
            "'github'",
            "write the ARN of a CodeConnections connection to GitHub",
            id="no connection",
        ),
        pytest.param(
            f'[delivery]\n{CONNECTION}\nbranch = "a b"',
            "delivery.branch",
            "'a b'",
            'for instance "main"',
            id="no branch",
        ),
        pytest.param(
            '[dns]\ndomain = "Example"\nhosted_zone_id = "Z0123456789ABCDEFGHIJ"',
            "dns.domain",
            "'Example'",
            'write a domain in small letters, for instance "inference.example.com"',
            id="no domain",
        ),
        pytest.param(
            '[dns]\ndomain = "example.com"\nhosted_zone_id = "example.com"',
            "dns.hosted_zone_id",
            "'example.com'",
            'write the id of its Route 53 zone, for instance "Z',
            id="name for a zone id",
        ),
        pytest.param(
            '[dns]\ndomain = "example.com"',
            "dns.hosted_zone_id",
            "missing",
            "add it",
            id="domain without zone",
        ),
        pytest.param(
            "[budget]\nmonthly_usd = 500",
            "budget.emails",
            "missing",
            "add it",
            id="budget that tells nobody",
        ),
        pytest.param(
            "[budget]\nmonthly_usd = 500\nemails = []",
            "budget.emails",
            "[]",
            "name 1 or more (who is told",
            id="budget with no e-mails",
        ),
        pytest.param(
            '[budget]\nmonthly_usd = 500\nemails = ["me"]',
            "budget.emails#1",
            "'me'",
            'write an e-mail address, for instance "platform@example.com"',
            id="no e-mail",
        ),
        pytest.param(
            '[budget]\nmonthly_usd = 0\nemails = ["a@b.example"]',
            "budget.monthly_usd",
            "0:",
            "write 1 or more",
            id="budget of nothing",
        ),
        *(
            pytest.param(
                f'[access]\n{role} = ["{principal}"]',
                f"access.{role}#1",
                repr(principal),
                'write the ARN of a role, a user or an account, for instance "arn:aws:iam::',
                id=f"{role}: {principal}",
            )
            for role, principal in (
                ("admins", "alice"),
                ("operators", "111122223333"),
                ("viewers", "arn:aws:sts::111122223333:assumed-role/sre/alice"),
            )
        ),
    ],
)
def test_a_mistake_in_an_optional_table_is_told(
    tmp_path: Path, table: str, key: str, value: str, remedy: str
) -> None:
    assert_refused(write_table(tmp_path, table), key, value, remedy)


def test_delivery_needs_the_repository(tmp_path: Path) -> None:
    path = write_table(tmp_path, f"[delivery]\n{CONNECTION}")

    assert refusal(path).startswith("delivery needs github.repository")
    assert "add [github]" in refusal(path)


def of_prod(directory: Path, account: str, table: str) -> Path:
    """The dev environment under the name of prod, of an account, with a table more."""
    path = write_table(directory, table)
    text = path.read_text(encoding="utf-8").replace(ACCOUNT, f'name = "prod"\n{account}', 1)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("table", "key"),
    [
        (f"{GITHUB}{PROVIDER}", "github.oidc_provider_arn"),
        (f"{GITHUB}[delivery]\n{LEGACY_CONNECTION}", "delivery.connection_arn"),
    ],
    ids=["identity provider", "connection that cannot be shared"],
)
def test_what_is_of_another_account_is_refused(tmp_path: Path, table: str, key: str) -> None:
    path = of_prod(tmp_path, 'account = "444455556666"', table)

    assert_refused(
        path,
        key,
        "is of account 111122223333, and the environment's account is 444455556666",
        "name one of 444455556666, or correct account",
    )


@pytest.mark.parametrize("account", ["", 'account = "111122223333"'], ids=["any", "the same"])
def test_what_is_of_the_account_is_taken(tmp_path: Path, account: str) -> None:
    table = f"{GITHUB}{PROVIDER}\n[delivery]\n{LEGACY_CONNECTION}"

    assert load_settings(str(of_prod(tmp_path, account, table))).delivery is not None


def test_a_connection_may_be_shared_by_another_account_and_come_from_any_region(
    tmp_path: Path,
) -> None:
    elsewhere = CONNECTION.replace("eu-central-1", "us-east-1")
    path = of_prod(tmp_path, 'account = "444455556666"', f"{GITHUB}[delivery]\n{elsewhere}")

    assert load_settings(str(path)).delivery is not None
