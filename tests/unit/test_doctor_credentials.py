"""Who asks, and whether that is the account which is meant."""

import pytest

from operations.aws.account import Account
from operations.aws.session import open_session
from operations.doctor.credentials import check_credentials
from operations.finding import Finding, Status
from tests.support.aws_answers import ACCOUNT, ARN, AnsweringAccount
from tests.support.moto_account import without_aws

FILE = "config/environments/prod.toml"


def look(account: Account, expected: str | None) -> Finding:
    (finding,) = check_credentials(account, expected=expected, file=FILE)
    return finding


def test_credentials_of_the_expected_account_are_fine() -> None:
    finding = look(AnsweringAccount({}), ACCOUNT)

    assert (finding.status, finding.meaning) == (Status.OK, "")
    assert ARN in finding.found


def test_where_no_account_is_expected_the_line_that_pins_it_is_offered() -> None:
    finding = look(AnsweringAccount({}), None)

    assert finding.status is Status.OK
    assert f'account = "{ACCOUNT}"' in finding.meaning


def test_credentials_of_another_account_fail() -> None:
    finding = look(AnsweringAccount({}), "999999999999")

    assert finding.status is Status.FAIL
    assert f"of account {ACCOUNT}, the environment belongs to 999999999999" in finding.found
    assert finding.fix == (
        "run this command with --profile NAME, a profile of that account",
        f'{FILE}: account = "{ACCOUNT}", if this one is meant',
    )


def test_missing_credentials_fail_with_the_way_to_get_some() -> None:
    with without_aws():
        finding = look(Account(open_session(), region="eu-central-1"), None)

    assert (finding.status, finding.found) == (Status.FAIL, "no AWS credentials")
    assert finding.fix[0].startswith("aws sso login")


def test_half_written_credentials_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_aws():
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "half")
        finding = look(Account(open_session(), region="eu-central-1"), None)

    assert finding.status is Status.FAIL
    assert "not usable" in finding.found


def test_an_address_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_aws():
        monkeypatch.setenv("AWS_ENDPOINT_URL", "no address")
        finding = look(Account(open_session(), region="eu-central-1"), None)

    assert finding.status is Status.FAIL
    assert finding.fix == ("check AWS_ENDPOINT_URL",)
