"""The shell and the script of the workflows, executed: guards, verdict, summary, comment."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from operations.changes.markdown import LIMIT
from tests.support.workflows import ENVIRONMENT, executed, step, workflow

BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ("prod", 0),
        ("", 1),
        ("dev", 1),
        ("Prod", 1),
        ("prod ", 1),
        ("prod\n", 1),
        ('" = "" ] || true; #', 1),
        ("$(echo prod)", 1),
        ("*", 1),
    ],
)
def test_only_the_typed_name_of_the_environment_lets_a_teardown_begin(
    typed: str, status: int
) -> None:
    guard = step("teardown", "confirm", "Refuse unless the name was typed")
    result = executed(guard, ENVIRONMENT="prod", CONFIRMATION=typed)

    assert result.returncode == status
    assert ("nothing was changed" in result.stdout) is (status == 1)
    found = workflow("teardown")["jobs"]
    assert (found["plan"]["needs"], found["teardown"]["needs"]) == ("confirm", "plan")
    assert guard["env"] == {
        "ENVIRONMENT": ENVIRONMENT,
        "CONFIRMATION": "${{ inputs.confirmation }}",
    }


def test_the_plan_is_shown_and_what_was_typed_is_checked_once_more() -> None:
    plan = step("teardown", "plan", "What would go, and what would stay")
    delete = step("teardown", "teardown", "Delete")

    assert plan["run"].endswith("--plan")
    assert '--confirm "$CONFIRMATION"' in delete["run"]


@pytest.mark.parametrize(
    ("environment", "status"),
    [
        ({"ACCOUNT": "111122223333", "REGION": "eu-central-1"}, 0),
        ({"ACCOUNT": "", "REGION": "eu-central-1"}, 1),
        ({"ACCOUNT": "111122223333", "REGION": ""}, 1),
    ],
)
def test_a_github_environment_without_its_variables_is_told_what_it_needs(
    environment: dict[str, str], status: int
) -> None:
    guard = step("deploy-environment", "deploy", "Refuse unless the GitHub environment says where")
    result = executed(guard, ENVIRONMENT="dev", **environment)

    assert result.returncode == status
    assert ("AWS_ACCOUNT_ID and AWS_REGION: see docs/delivery.md" in result.stdout) is bool(status)


@pytest.mark.parametrize(("verdict", "status"), [("success", 0), ("failure", 1), ("", 1)])
def test_a_refusal_and_a_comparison_that_failed_fail_in_the_end(verdict: str, status: int) -> None:
    last = step("pr-diff", "verdict", "The verdict of the comparison")

    assert executed(last, VERDICT=verdict).returncode == status
    assert workflow("pr-diff")["jobs"]["verdict"]["needs"] == ["compare", "comment"]


def test_a_failed_deployment_says_how_to_go_back(tmp_path: Path) -> None:
    last = step("deploy-environment", "deploy", "Say what is deployed, and how to go back")
    summary = tmp_path / "summary.md"
    result = executed(
        last,
        ENVIRONMENT="staging",
        GITHUB_SHA="abc",
        DEPLOYED="success",
        WELL="failure",
        GITHUB_STEP_SUMMARY=str(summary),
    )

    assert (result.returncode, last["if"]) == (0, "failure()")
    text = summary.read_text(encoding="utf-8")
    assert "staging is not well" in text
    assert "Deploying abc: success. Smoke: failure." in text
    assert "Re-run all jobs" in text


def commented(tmp_path: Path, existing: list[dict[str, Any]], report: str) -> dict[str, Any]:
    """What the comment's script asks of GitHub, where there are these comments already."""
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "report.md").write_text(report, encoding="utf-8")
    script = step("pr-diff", "comment", "Write the comment, or write it anew")["with"]["script"]
    program = f"""
        const asked = {{}};
        const note = (name) => async (given) => {{ asked[name] = given; }};
        const issues = {{ createComment: note('create'), updateComment: note('update') }};
        const github = {{ rest: {{ issues }}, paginate: async () => {json.dumps(existing)} }};
        const context = {{
          repo: {{ owner: 'acme', repo: 'triton' }}, payload: {{ pull_request: {{ number: 7 }} }},
        }};
        const body = Object.getPrototypeOf(async () => {{}}).constructor;
        new body('require', 'github', 'context', {json.dumps(script)})(require, github, context)
          .then(() => console.log(JSON.stringify(asked)));
    """
    result = subprocess.run(
        [BIN / "node", "-e", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    asked: dict[str, Any] = json.loads(result.stdout)
    return asked


def comment_of(login: str, body: str) -> dict[str, Any]:
    return {"id": 42, "user": {"login": login}, "body": body}


@pytest.mark.parametrize(
    "existing",
    [
        [],
        [comment_of("github-actions[bot]", "another bot's words")],
        [comment_of("mallory", "<!-- pr-diff --> not mine")],
    ],
)
def test_the_first_comment_is_a_new_one(tmp_path: Path, existing: list[dict[str, Any]]) -> None:
    asked = commented(tmp_path, existing, "hello `$x`\n")

    assert asked["create"]["issue_number"] == 7
    assert asked["create"]["body"] == "<!-- pr-diff -->\nhello `$x`\n"
    assert "update" not in asked


def test_later_it_is_written_anew(tmp_path: Path) -> None:
    existing = [comment_of("github-actions[bot]", "<!-- pr-diff -->\nold")]
    asked = commented(tmp_path, existing, "x" * 100_000)

    assert asked.keys() == {"update"}
    assert asked["update"]["comment_id"] == 42
    assert len(asked["update"]["body"]) == LIMIT
