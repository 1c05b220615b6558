"""All checks together: what one of them cannot ask, the others still do."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from config import Settings, Versions, load_versions
from operations.doctor.examination import examine, settings_file
from operations.finding import Finding, Status
from tests.support.aws_answers import Answer, AnsweringAccount, Answers, Refused
from tests.support.healthy_account import healthy, production

DOCUMENT = Path(__file__).parents[2] / "docs" / "doctor.md"
SETTINGS = production()
VERSIONS = load_versions()
HEALTHY = healthy(SETTINGS, VERSIONS)
OFFLINE = {"Kubernetes version", "kubectl", "placeholders", "GitHub"}


@pytest.fixture(scope="module")
def account() -> AnsweringAccount:
    """Made once: its clients cost more than its answers."""
    return AnsweringAccount({})


def look(
    account: AnsweringAccount, settings: Settings = SETTINGS, versions: Versions = VERSIONS
) -> list[Finding]:
    return examine(
        settings,
        versions,
        account,
        today=date(2026, 11, 24),
        file=settings_file("prod"),
    )


def permissions(account: AnsweringAccount) -> set[str]:
    """What was asked, as IAM spells it; who one is, everybody may ask."""
    asked = {one.replace("service-quotas:", "servicequotas:") for one in account.asked}
    return asked - {"sts:GetCallerIdentity"}


def test_an_account_that_is_ready_has_nothing_but_ok() -> None:
    account = AnsweringAccount(HEALTHY)

    found = look(account)

    assert [one for one in found if one.status is not Status.OK] == []
    assert set(account.asked) == {*HEALTHY, "sts:GetCallerIdentity"}


@pytest.mark.parametrize("question", sorted(HEALTHY))
def test_a_permission_that_is_missing_is_named_and_hides_no_other_answer(
    question: str, account: AnsweringAccount
) -> None:
    account.answers = HEALTHY
    ready = look(account)
    account.answers = {**HEALTHY, question: Refused("AccessDenied")}

    found = look(account)

    permission = question.replace("service-quotas:", "servicequotas:")
    failed = [one for one in found if one.status is Status.FAIL]
    assert failed
    assert all(f"may not call {permission} " in one.found for one in failed)
    titles = {one.title for one in failed}
    assert [one for one in found if one.title not in titles] == [
        one for one in ready if one.title not in titles
    ]


def test_without_credentials_only_what_needs_none_is_looked_at() -> None:
    account = AnsweringAccount({"sts:GetCallerIdentity": Refused("ExpiredToken")})

    found = look(account)

    status = {one.title: one.status for one in found}
    assert status["credentials"] is Status.FAIL
    assert {title for title, one in status.items() if one is not Status.SKIP} == {
        *OFFLINE,
        "credentials",
    }
    assert account.asked == ["sts:GetCallerIdentity"]


def test_an_account_that_is_not_meant_is_not_looked_at() -> None:
    account = AnsweringAccount(HEALTHY)

    look(account, SETTINGS.model_copy(update={"account": "999999999999"}))

    assert account.asked == ["sts:GetCallerIdentity"]


def test_in_a_region_that_is_off_nothing_else_is_asked() -> None:
    account = AnsweringAccount({**HEALTHY, "ec2:DescribeRegions": Refused("AuthFailure")})

    found = look(account)

    assert account.asked == ["sts:GetCallerIdentity", "ec2:DescribeRegions"]
    assert {one.found for one in found if one.status is Status.SKIP} == {
        "eu-central-1 is not enabled"
    }


def test_what_was_found_before_a_question_went_unanswered_stays() -> None:
    secrets: Iterator[Answer] = iter(({"VersionIdsToStages": {}}, Refused("AccessDeniedException")))
    answers: Answers = {**HEALTHY, "secretsmanager:DescribeSecret": lambda _: next(secrets)}

    found = [one for one in look(AnsweringAccount(answers)) if one.title == "secrets"]

    assert [one.status for one in found] == [Status.WARN, Status.FAIL]


def test_each_check_is_announced_before_it_is_made() -> None:
    announced: list[str] = []

    examine(
        SETTINGS,
        VERSIONS,
        AnsweringAccount(HEALTHY),
        today=date(2026, 11, 24),
        file="",
        announce=announced.append,
    )

    assert announced[:2] == ["Kubernetes version", "kubectl"]
    assert len(announced) == len(set(announced)) > 15


def test_the_documented_policy_is_exactly_what_is_asked() -> None:
    account = AnsweringAccount(HEALTHY)
    look(account)
    block = re.search(r"```json\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)

    assert block is not None
    statements = json.loads(block[1])["Statement"]
    granted = [action for one in statements for action in one["Action"]]
    assert sorted(granted) == sorted(permissions(account))
    # A parameter may be a secret of somebody: this one is named.
    (parameters,) = [one["Resource"] for one in statements if "ssm:GetParameter" in one["Action"]]
    assert parameters.endswith(":parameter/cdk-bootstrap/*")


def test_every_check_is_documented() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    titles = {one.title for one in look(AnsweringAccount(HEALTHY))}
    assert {title for title in titles if f"| {title} |" not in text} == set()


@pytest.mark.parametrize(
    ("environment", "file"),
    [("prod", "config/environments/prod.toml"), ("/tmp/mine.toml", "/tmp/mine.toml")],
)
def test_edits_name_the_file_that_was_read(environment: str, file: str) -> None:
    assert settings_file(environment) == file
