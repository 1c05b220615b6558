"""Other environments of the project in the same account."""

from typing import Any

import pytest

from operations.doctor.deployed import check_others
from operations.finding import Finding, Status
from tests.support.aws_answers import AnsweringAccount


def stack(name: str, status: str = "CREATE_COMPLETE") -> dict[str, Any]:
    return {"StackName": name, "StackStatus": status, "CreationTime": "2026-01-01T00:00:00Z"}


def look(*stacks: dict[str, Any]) -> Finding:
    account = AnsweringAccount({"cloudformation:ListStacks": {"StackSummaries": list(stacks)}})
    (finding,) = check_others(account, "prod", file="prod.toml")
    return finding


def test_another_environment_is_told_once_with_what_it_means() -> None:
    finding = look(
        stack("triton-platform-dev-security"),
        stack("triton-platform-dev-network"),
        stack("triton-platform-load-test-cluster", "ROLLBACK_COMPLETE"),
    )

    assert finding.status is Status.WARN
    assert finding.found.startswith("dev, load-test deployed in this account")
    assert "whoever may deploy one may deploy all" in finding.meaning
    assert finding.fix[0].startswith("prod.toml: account")


@pytest.mark.parametrize(
    "other",
    [
        stack("triton-platform-prod-cluster"),
        stack("triton-platform-prod-delivery"),
        stack("triton-platform-dev-cluster", "DELETE_COMPLETE"),
        stack("triton-platform-cluster"),
        stack("triton-platform-dev-something"),
        stack("their-triton-platform-dev-cluster"),
        stack("dev-cluster"),
        stack("CDKToolkit"),
    ],
    ids=lambda one: str(one["StackName"]),
)
def test_its_own_stacks_deleted_ones_and_those_of_others_are_not(other: dict[str, Any]) -> None:
    assert look(other).status is Status.OK
