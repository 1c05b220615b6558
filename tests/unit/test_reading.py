"""Who may look may ask what the commands ask, and may see nothing else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.naming import stack_name
from tests.support.every_option import every_option_assembly

DOCTOR = Path(__file__).parents[2] / "docs" / "doctor.md"


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def statements(stack: str, policy: str) -> Iterator[dict[str, Any]]:
    resources = (
        every_option_assembly().get_stack_by_name(stack_name("prod", stack)).template["Resources"]
    )
    for name, found in resources.items():
        if found["Type"] == "AWS::IAM::Policy" and name.startswith(policy):
            yield from found["Properties"]["PolicyDocument"]["Statement"]


@pytest.fixture(scope="module")
def asked_by_doctor() -> set[str]:
    """The actions of the documented policy, which is tested to be what `doctor` asks."""
    [policy] = re.findall(r"```json\n(.*?)```", DOCTOR.read_text(encoding="utf-8"), re.DOTALL)
    return {
        action
        for statement in json.loads(policy)["Statement"]
        for action in listed(statement["Action"])
    }


@pytest.mark.parametrize(
    ("stack", "policy"),
    [("security", "GitHubRead"), ("delivery", "SmokeRolestaging"), ("delivery", "SmokeRoleprod")],
)
def test_a_reader_may_ask_what_doctor_asks(
    asked_by_doctor: set[str], stack: str, policy: str
) -> None:
    allowed = {
        action for statement in statements(stack, policy) for action in listed(statement["Action"])
    }

    assert asked_by_doctor <= allowed


def test_a_reader_sees_no_value_of_a_secret_and_no_object_of_a_bucket() -> None:
    text = json.dumps(list(statements("security", "GitHubRead")))

    assert "secretsmanager:DescribeSecret" in text
    assert "GetSecretValue" not in text
    assert "s3:" not in text
    assert "kms:" not in text
