"""Names that an earlier teardown kept."""

from collections.abc import Mapping
from typing import Any

import pytest

from operations.doctor.retained import check_retained
from operations.finding import Finding, Status
from tests.support.aws_answers import Answer, AnsweringAccount, Answers, Refused

NOTHING: Answers = {
    "cloudformation:ListStacks": {"StackSummaries": []},
    "ecr:DescribeImages": Refused("RepositoryNotFoundException"),
    "secretsmanager:DescribeSecret": Refused("ResourceNotFoundException"),
    "backup:ListBackupVaults": {"BackupVaultList": [{"BackupVaultName": "Default"}]},
    "logs:DescribeLogGroups": {
        "logGroups": [{"logGroupName": "/aws/eks/triton-platform-prod/cluster-of-others"}]
    },
}
KEPT: dict[str, tuple[str, Answer]] = {
    "registry": ("ecr:DescribeImages", {"imageDetails": []}),
    "security": ("secretsmanager:DescribeSecret", {"Name": "x"}),
    "storage": (
        "backup:ListBackupVaults",
        {"BackupVaultList": [{"BackupVaultName": "tritonplatformprodstorageBackupVaultDB23A6CB"}]},
    ),
    "cluster": (
        "logs:DescribeLogGroups",
        {"logGroups": [{"logGroupName": "/aws/eks/triton-platform-prod/cluster"}]},
    ),
}


def look(**answers: Any) -> list[Finding]:
    account = AnsweringAccount({**NOTHING, **answers})
    return list(
        check_retained(account, "prod", images=["triton", "model-tools"], secrets=["ngc-api-key"])
    )


def stacks(*names: str) -> Mapping[str, Any]:
    return {
        "StackSummaries": [
            {
                "StackName": f"triton-platform-prod-{name}",
                "StackStatus": "CREATE_COMPLETE",
                "CreationTime": "2026-01-01T00:00:00Z",
            }
            for name in names
        ]
    }


def test_a_fresh_account_has_nothing_in_the_way() -> None:
    (finding,) = look()

    assert finding.status is Status.OK


@pytest.mark.parametrize("noun", KEPT)
def test_what_was_kept_is_told_with_both_ways_out(noun: str) -> None:
    question, answer = KEPT[noun]

    (finding,) = look(**{question: answer})

    assert finding.status is Status.WARN
    assert finding.found.startswith(f"without the stack triton-platform-prod-{noun} ")
    assert "--import-existing-resources" in finding.fix[0]
    assert finding.fix[0].endswith(f"triton-platform-prod-{noun}")
    assert finding.fix[1] == "tritonctl teardown -e prod --leftovers"


@pytest.mark.parametrize("noun", KEPT)
def test_what_belongs_to_a_stack_is_not_in_the_way(noun: str) -> None:
    question, answer = KEPT[noun]

    (finding,) = look(**{question: answer, "cloudformation:ListStacks": stacks(noun)})

    assert finding.status is Status.OK


def test_everything_of_a_stack_is_in_one_line() -> None:
    question, answer = KEPT["registry"]

    (finding,) = look(**{question: answer})

    assert finding.found.endswith("triton-platform-prod/triton, triton-platform-prod/model-tools")


def test_a_secret_on_its_way_out_is_told_by_the_check_of_secrets_alone() -> None:
    gone: Answer = {"Name": "x", "DeletedDate": "2026-01-01T00:00:00Z"}

    (finding,) = look(**{"secretsmanager:DescribeSecret": gone})

    assert finding.status is Status.OK
