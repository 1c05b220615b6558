"""Asking AWS: what is said when it does not answer, and how long it is waited for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError
from botocore.parsers import ResponseParserError

from operations.aws.account import Account
from operations.aws.session import open_session
from operations.aws.unanswered import UnansweredError
from operations.errors import OperationError
from tests.support.aws_answers import ACCOUNT, Answer, AnsweringAccount, Lost, Refused
from tests.support.moto_account import without_aws

QUESTION = "ec2:DescribeAddresses"


def unanswered(account: Account) -> UnansweredError:
    with pytest.raises(UnansweredError) as caught:
        account.ask("ec2", "describe_addresses")
    return caught.value


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


def test_a_permission_is_named_as_iam_spells_it() -> None:
    account = AnsweringAccount({"service-quotas:GetServiceQuota": Refused("AccessDenied")})

    with pytest.raises(UnansweredError, match=r"may not call servicequotas:GetServiceQuota"):
        account.find(
            "service-quotas", "get_service_quota", absent=(), ServiceCode="ec2", QuotaCode="L-1"
        )


def test_a_permission_is_named_as_iam_calls_it() -> None:
    account = AnsweringAccount({"s3:ListBuckets": Refused("AccessDenied")})

    with pytest.raises(UnansweredError, match=r"may not call s3:ListAllMyBuckets"):
        account.ask("s3", "list_buckets")


def test_words_of_aws_are_kept_beside_ours() -> None:
    error = unanswered(AnsweringAccount({QUESTION: Refused("AccessDenied", "by an SCP")}))

    assert error.denied
    assert error.told == "DescribeAddresses: by an SCP"


def test_items_are_asked_for_page_by_page() -> None:
    pages: Iterator[Answer] = iter(({"Vpcs": [{}, {}], "NextToken": "2"}, {"Vpcs": [{}]}))
    account = AnsweringAccount({"ec2:DescribeVpcs": lambda _: next(pages)})

    vpcs = account.ask_all("ec2", "describe_vpcs", "Vpcs")

    assert account.asked == []
    next(vpcs)
    assert len(account.asked) == 1
    assert len(list(vpcs)) == 2
    assert len(account.asked) == 2


def test_an_operation_without_pages_has_one() -> None:
    account = AnsweringAccount({"ec2:DescribeAddresses": {"Addresses": [{}]}})

    assert list(account.ask_all("ec2", "describe_addresses", "Addresses")) == [{}]


def test_what_is_absent_has_no_items() -> None:
    account = AnsweringAccount({"ec2:DescribeVpcs": Refused("Gone")})

    assert list(account.ask_all("ec2", "describe_vpcs", "Vpcs", absent=("Gone",))) == []
    with pytest.raises(UnansweredError, match="answered Gone"):
        list(account.ask_all("ec2", "describe_vpcs", "Vpcs"))


def test_an_account_must_be_the_one_that_is_meant() -> None:
    account = AnsweringAccount({})

    account.must_be(ACCOUNT, "dev")
    account.must_be(None, "dev")
    with pytest.raises(OperationError, match=f"those of account {ACCOUNT}, but dev is in 99999"):
        account.must_be("999999999999", "dev")


def test_an_unreachable_network_is_given_up_on_soon() -> None:
    config = open_session()._session.get_default_client_config()

    assert config.connect_timeout + config.read_timeout <= 15
    assert config.retries["total_max_attempts"] <= 2


def test_who_should_not_stop_half_way_is_patient() -> None:
    config = open_session(patient=True)._session.get_default_client_config()

    assert config.read_timeout == 60
    assert config.retries["total_max_attempts"] == 5


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
