"""``tritonctl`` where nothing runs: help, the linter, and mistakes."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from local.state import MODEL_REPOSITORY
from tests.support.environment import write_environment

LOCAL = ["up", "down", "status", "infer", "bench", "logs", "models"]
ON_AWS = ["doctor", "changes", "review", "smoke", "teardown"]
COMMANDS = [*LOCAL, *ON_AWS]


def test_without_arguments_every_command_is_listed() -> None:
    result = CliRunner().invoke(app, [])

    assert all(command in result.output for command in COMMANDS)


@pytest.mark.parametrize("command", [*COMMANDS, "models list", "models lint"])
def test_each_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(app, [*command.split(), "--help"])

    assert result.exit_code == 0
    assert "Usage" in result.output


@pytest.mark.parametrize(
    "arguments",
    [
        ["infer"],
        ["infer", "digits"],
        ["nonsense"],
        ["up", "--nonsense"],
        ["logs", "nobody"],
        ["bench", "digits", "--concurrency", "0"],
        ["bench", "digits", "--concurrency", "many"],
        ["models"],
    ],
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2


@pytest.mark.parametrize("command", ["up", "down", "status", "logs", "infer m x", "bench m"])
def test_an_unknown_environment_is_told_with_those_there_are(command: str) -> None:
    result = CliRunner().invoke(app, [*command.split(), "-e", "nope"])

    assert result.exit_code == 1
    assert "no environment 'nope': choose dev, prod, staging" in result.stderr


def test_a_platform_that_does_not_run_is_told_with_the_remedy(tmp_path: Path) -> None:
    environment = ["-e", str(write_environment(tmp_path))]

    asked = CliRunner().invoke(app, ["infer", "digits", "[]", *environment])
    logs = CliRunner().invoke(app, ["logs", *environment])
    status = CliRunner().invoke(app, ["status", "--json", *environment])
    measured = CliRunner().invoke(app, ["bench", "digits", *environment])
    down = CliRunner().invoke(app, ["down", *environment])

    assert (asked.exit_code, logs.exit_code, status.exit_code) == (1, 1, 1)
    assert "nobody answers" in asked.stderr
    assert "make up" in asked.stderr
    assert "no log of triton yet" in logs.stderr
    assert json.loads(status.stdout)["running"] is False
    assert measured.exit_code == 1
    assert "make up" in measured.stderr
    assert (down.exit_code, down.stdout) == (0, "nothing was running\n")


def test_the_shipped_models_pass_the_linter() -> None:
    result = CliRunner().invoke(app, ["models", "lint"])

    assert (result.exit_code, result.stdout) == (0, "8 models, 0 problems\n")


def test_lint_names_file_field_and_fix_and_ends_with_1(tmp_path: Path) -> None:
    shutil.copytree(MODEL_REPOSITORY / "digits", tmp_path / "renamed")

    people = CliRunner().invoke(app, ["models", "lint", "-r", str(tmp_path)])
    programs = CliRunner().invoke(app, ["models", "lint", "-r", str(tmp_path), "--json"])

    assert (people.exit_code, programs.exit_code) == (1, 1)
    assert people.stdout.startswith("broken renamed/config.pbtxt: name: ")
    (problem,) = json.loads(programs.stdout)
    assert (problem["rule"], problem["model"], problem["field"]) == (
        "name-mismatch",
        "renamed",
        "name",
    )
    assert problem["fix"]


def test_list_tells_backend_versions_and_steps() -> None:
    models = json.loads(CliRunner().invoke(app, ["models", "list", "--json"]).stdout)

    assert {
        "name": "digits_pipeline",
        "backend": "ensemble",
        "versions": [1],
        "max_batch_size": 64,
        "instances": 0,
        "calls": ["digits_preprocess", "digits"],
    } in models


def test_list_of_a_repository_that_is_not_there_fails(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["models", "list", "-r", str(tmp_path / "nowhere")])

    assert result.exit_code == 1
    assert "repository-missing" in result.stderr


@pytest.mark.parametrize("name", ["sp ace", "ünï", "-dash", "p%25", "stats", "new\nline"])
def test_a_name_that_the_gateway_does_not_pass_is_refused(tmp_path: Path, name: str) -> None:
    shutil.copytree(MODEL_REPOSITORY / "digits", tmp_path / name)

    result = CliRunner().invoke(app, ["models", "lint", "-r", str(tmp_path), "--json"])

    assert "name-unservable" in {problem["rule"] for problem in json.loads(result.stdout)}
