"""Who asks; and what is said when AWS does not answer."""

from pathlib import Path

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError
from botocore.parsers import ResponseParserError

from operations.aws.account import Account
from operations.aws.session import open_session
from operations.aws.unanswered import UnansweredError
from operations.doctor.credentials import check_credentials
from operations.doctor.finding import Finding, Status
from operations.errors import OperationError
from tests.support.aws_answers import ACCOUNT, ARN, AnsweringAccount, Lost, Refused
from tests.support.moto_account import without_aws

FILE = "config/environments/prod.toml"
QUESTION = "ec2:DescribeAddresses"


def look(account: Account, expected: str | None) -> Finding:
    (finding,) = check_credentials(account, expected=expected, file=FILE)
    return finding


def unanswered(account: Account) -> UnansweredError:
    with pytest.raises(UnansweredError) as caught:
        account.ask("ec2", "describe_addresses")
    return caught.value


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


@pytest.mark.parametrize(
    ("region", "home"), [("eu-central-1", "us-east-1"), ("us-gov-west-1", "us-gov-west-1")]
)
def test_the_identity_is_asked_where_every_account_is_known(
    region: str, home: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(self: Account, service: str, operation: str, *, region: str) -> dict[str, str]:
        return {"Arn": f"arn:aws:sts::{ACCOUNT}:from/{region}"}

    monkeypatch.setattr(Account, "ask", ask)

    assert AnsweringAccount({}, region=region).identity.arn.endswith(home)


@pytest.mark.parametrize(
    ("answer", "told", "fix"),
    [
        (
            Refused("UnauthorizedOperation"),
            f"may not call {QUESTION} (UnauthorizedOperation)",
            "docs/doctor.md",
        ),
        (Refused("AccessDeniedException"), f"may not call {QUESTION}", f"allow {QUESTION}"),
        (Refused("ExpiredToken"), "does not accept the credentials", "aws sso login --profile p"),
        (Refused("Throttling", "slow down"), f"{QUESTION} answered Throttling: slow down", "again"),
        (Lost(EndpointConnectionError(endpoint_url="https://x")), "was not reached", "HTTPS_PROXY"),
        (Lost(ConnectTimeoutError(endpoint_url="https://x")), "was not reached", "network"),
        (Lost(ResponseParserError("<html>")), "by something that is not AWS", "HTTPS_PROXY"),
        (Lost(ProxyConnectionError(proxy_url="http://p")), "was not reached", "proxy"),
    ],
    ids=lambda value: value.code if isinstance(value, Refused) else None,
)
def test_what_aws_does_not_answer_is_told_by_its_cause(
    answer: Refused | Lost, told: str, fix: str
) -> None:
    error = unanswered(AnsweringAccount({QUESTION: answer}, profile="p"))

    assert told in str(error)
    assert fix in error.fix[0]


def test_an_address_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with without_aws():
        monkeypatch.setenv("AWS_ENDPOINT_URL", "no address")
        finding = look(Account(open_session(), region="eu-central-1"), None)

    assert finding.status is Status.FAIL
    assert finding.fix == ("check AWS_ENDPOINT_URL",)


def test_a_permission_is_named_as_iam_spells_it() -> None:
    account = AnsweringAccount({"service-quotas:GetServiceQuota": Refused("AccessDenied")})

    with pytest.raises(UnansweredError, match=r"may not call servicequotas:GetServiceQuota"):
        account.find(
            "service-quotas", "get_service_quota", absent=(), ServiceCode="ec2", QuotaCode="L-1"
        )


def test_an_unreachable_network_is_given_up_on_soon() -> None:
    config = open_session().get_default_client_config()

    assert config.connect_timeout + config.read_timeout <= 15
    assert config.retries["total_max_attempts"] <= 2


def test_an_unknown_profile_is_told_with_those_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("[profile one]\nregion = eu-central-1\n[profile two]\n")
    with without_aws():
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        with pytest.raises(OperationError, match=r"no AWS profile 'nope': choose one, two, or"):
            open_session("nope")


def test_an_unreadable_configuration_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_text("no section\n")
    with without_aws():
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        with pytest.raises(OperationError, match="configuration is not readable"):
            open_session()


def test_commands_name_the_region_where_there_is_one_and_the_profile() -> None:
    account = AnsweringAccount({}, profile="p")

    assert (
        account.aws("eks list-clusters")
        == "aws eks list-clusters --region eu-central-1 --profile p"
    )
    assert account.aws("iam list-roles") == "aws iam list-roles --profile p"
    assert AnsweringAccount({}).cdk("bootstrap") == "npx cdk bootstrap"
