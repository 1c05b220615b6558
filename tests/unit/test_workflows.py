"""The workflows: what they may, in which order they go, and that what they call exists."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer.main

from cli.main import app
from config import environment_names
from config.naming import role_name
from tests.support.workflows import ENVIRONMENT, FILES, ROOT, jobs, step, steps, workflow

BIN = Path(sys.executable).parent
_USES = re.compile(r"uses:\s*(\S+)(.*)")
_PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")


def test_zizmor_finds_nothing() -> None:
    result = subprocess.run(
        [BIN / "zizmor", "--offline", "--no-progress", "--persona", "pedantic", ".github"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert len(FILES) == result.stderr.count("completed .github/workflows/")


def test_every_action_is_pinned_to_a_commit_and_says_its_version() -> None:
    found = [
        (uses, rest)
        for file in FILES
        for uses, rest in _USES.findall(file.read_text(encoding="utf-8"))
    ]

    assert found
    for uses, rest in found:
        if uses.startswith("$/"):
            assert (ROOT / uses.removeprefix("$/")).is_file(), uses
        else:
            assert _PINNED.fullmatch(uses), uses
            assert re.fullmatch(r" # v\d+\.\d+\.\d+", rest), uses


def test_one_action_has_one_version() -> None:
    pins = {found["uses"] for _, found in steps() if "uses" in found}

    assert len(pins) == len({pin.partition("@")[0] for pin in pins})


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.stem)
def test_a_workflow_begins_with_no_permission(file: Path) -> None:
    assert workflow(file.stem)["permissions"] == {}


def granted(permission: str) -> set[str]:
    return {
        f"{file}/{name}"
        for file, name, job in jobs()
        if job.get("permissions", {}).get(permission) == "write"
    }


def test_only_jobs_that_go_to_aws_can_prove_who_they_are() -> None:
    assert granted("id-token") == {
        "deploy/dev",
        "deploy/staging",
        "deploy/prod",
        "deploy-environment/deploy",
        "teardown/plan",
        "teardown/teardown",
    }


def test_every_job_says_what_it_may_and_writes_nothing_else() -> None:
    for file, name, job in jobs():
        assert "permissions" in job, f"{file}/{name}"
        for permission, level in job["permissions"].items():
            allowed = {"contents": "read", "id-token": "write", "pull-requests": "write"}
            assert allowed[permission] == level, f"{file}/{name}"


def test_only_the_comment_is_written_and_without_code_of_the_pull_request() -> None:
    assert granted("pull-requests") == {"pr-diff/comment"}

    comment = workflow("pr-diff")["jobs"]["comment"]
    actions = [one["uses"].partition("@")[0] for one in comment["steps"]]
    assert actions == ["actions/download-artifact", "actions/github-script"]
    assert not any("run" in one for one in comment["steps"])
    assert comment["if"] == "github.event.pull_request.head.repo.full_name == github.repository"


def test_a_pull_request_never_starts_what_has_secrets_or_writes() -> None:
    started = {file.stem: set(workflow(file.stem)["on"]) for file in FILES}

    assert not any("pull_request_target" in on or "workflow_run" in on for on in started.values())
    assert {name for name, on in started.items() if "pull_request" in on} == {"ci", "pr-diff"}
    text = "".join(file.read_text(encoding="utf-8") for file in FILES)
    assert "secrets." not in text


def test_every_job_ends_in_time() -> None:
    for file, name, job in jobs():
        # A called workflow has its own limits.
        assert "uses" in job or int(job["timeout-minutes"]) <= 120, f"{file}/{name}"


def test_what_runs_twice_at_once_is_decided() -> None:
    for file in FILES:
        found = workflow(file.stem)
        called = [job for job in found["jobs"].values() if "uses" not in job]
        assert "concurrency" in found or all("concurrency" in job for job in called), file.stem


def test_a_checkout_keeps_no_credentials() -> None:
    for file, found in steps():
        if found.get("uses", "").startswith("actions/checkout@"):
            assert found["with"]["persist-credentials"] == "false", file


def test_no_shell_has_an_expression_of_github_in_it() -> None:
    for file, found in steps():
        for text in (found.get("run", ""), found.get("with", {}).get("script", "")):
            assert "${{" not in text, f"{file}: give it by env"


def test_every_command_that_is_called_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    command = typer.main.get_command(app)
    shells = "\n".join(found.get("run", "") for _, found in steps())
    made = re.findall(r"^make (?:--directory \S+ )?([a-z]+)", shells, re.MULTILINE)
    asked = re.findall(r"tritonctl ([a-z]+)(.*)", shells)

    assert set(made) == {"check", "test", "synth", "review", "deploy"}
    assert set(made) <= targets
    assert {name for name, _ in asked} == {"doctor", "smoke", "teardown"}
    for name, arguments in asked:
        options = command.get_command(None, name).params  # type: ignore[attr-defined]
        known = {option for parameter in options for option in parameter.opts}
        assert set(re.findall(r"(?<=\s)--?[a-z][a-z-]*", arguments.partition("|")[0])) <= known


def test_no_test_is_skipped_for_want_of_a_package() -> None:
    test = workflow("ci")["jobs"]["test"]["steps"]
    (install,) = [one["run"] for one in test if "apt-get" in one.get("run", "")]
    installed = re.findall(r"install .*", install)[0].split()
    elsewhere = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    packages = re.findall(r"apt-get install (?:-\S+ )*(.*)", elsewhere)[0].split()

    assert set(packages) <= set(installed)
    assert test[-1]["run"] == "make test"
    assert test.index(next(one for one in test if one.get("run") == install)) < len(test) - 1


def test_credentials_live_as_long_as_the_teardown_that_uses_them() -> None:
    job = workflow("teardown")["jobs"]["teardown"]
    (taken,) = [one["with"] for one in job["steps"] if "role-to-assume" in one.get("with", {})]
    seconds = taken["role-duration-seconds"]

    assert int(seconds) == int(job["timeout-minutes"]) * 60
    told = (ROOT / "docs" / "delivery.md").read_text(encoding="utf-8")
    assert f"--max-session-duration {seconds}" in told


def test_every_environment_is_synthesized_and_can_be_deployed_and_deleted() -> None:
    matrix = workflow("ci")["jobs"]["synth"]["strategy"]["matrix"]["environment"]
    chosen = [
        workflow(name)["on"]["workflow_dispatch"]["inputs"]["environment"]["options"]
        for name in ("deploy", "teardown")
    ]

    assert all(sorted(one) == environment_names() for one in (matrix, *chosen))


def test_the_roles_are_those_that_the_security_stack_makes() -> None:
    taken = [
        found["with"]["role-to-assume"]
        for file, found in steps()
        if file == "deploy-environment" and "role-to-assume" in found.get("with", {})
    ]

    def role(name: str) -> str:
        arn = "arn:aws:iam::${{ vars.AWS_ACCOUNT_ID }}:role/"
        return arn + role_name("prod", name)

    assert [one.replace(ENVIRONMENT, "prod") for one in taken] == [
        role("github-read"),
        role("github-deploy"),
        role("github-read"),
    ]


def test_templates_are_made_before_there_are_credentials_and_deployed_as_they_are() -> None:
    names = [
        one.get("name", one.get("uses", ""))
        for one in workflow("deploy-environment")["jobs"]["deploy"]["steps"]
    ]
    order = [
        "Make the templates, before there are credentials",
        "Is the account ready?",
        "Take the role that deploys",
        "Deploy the templates that were made above",
        "Is the platform well?",
    ]

    assert [name for name in names if name in order] == order
    assert not any("cache" in one.get("with", {}) for _, one in steps_of("deploy-environment"))
    recipe = subprocess.run(
        ["make", "-n", "--no-print-directory", "deploy", "ENV=prod", "APPROVAL=never"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert recipe.splitlines()[-1] == (
        "cdk deploy --app cdk.out/prod --all --require-approval never"
    )


def steps_of(file: str) -> list[tuple[str, dict[str, Any]]]:
    return [(name, one) for name, one in steps() if name == file]


def test_production_waits_for_staging_to_be_well_and_staging_for_the_tests() -> None:
    found = workflow("deploy")["jobs"]

    assert (found["staging"]["needs"], found["prod"]["needs"]) == ("ci", "staging")
    # A condition with a status function would let a job begin after a failure.
    conditions = " ".join(job.get("if", "") for job in found.values())
    assert not re.search(r"(always|failure|cancelled)\(", conditions)
    smoke = step("deploy-environment", "deploy", "Is the platform well?")
    assert smoke.keys() == {"name", "id", "run"}
    # Else the shell would end as `tee` does.
    defaults = workflow("deploy-environment")["jobs"]["deploy"]["defaults"]
    assert defaults == {"run": {"shell": "bash"}}


def test_deployment_and_teardown_of_an_environment_never_meet() -> None:
    groups = [
        workflow(file)["jobs"][job]["concurrency"]
        for file, job in (("deploy-environment", "deploy"), ("teardown", "teardown"))
    ]

    assert groups == [{"group": f"environment-{ENVIRONMENT}", "cancel-in-progress": "false"}] * 2
    assert workflow("deploy-environment")["jobs"]["deploy"]["environment"] == ENVIRONMENT
    assert workflow("teardown")["jobs"]["teardown"]["environment"] == ENVIRONMENT
