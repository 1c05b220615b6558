"""``tritonctl doctor``: its lines, its JSON and its exit status."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from cli.main import app
from operations.finding import Finding, fail, ok, skip, warn
from tests.support.moto_account import without_aws


@pytest.fixture(autouse=True)
def nothing_of_aws() -> Iterator[None]:
    with without_aws():
        yield


def found(monkeypatch: pytest.MonkeyPatch, *findings: Finding) -> None:
    monkeypatch.setattr("cli.doctor.examine", lambda *_, **__: list(findings))


def test_without_credentials_it_soon_ends_with_1_and_says_so() -> None:
    start = time.monotonic()
    result = CliRunner().invoke(app, ["doctor", "-e", "prod", "--date", "2026-11-24"])

    assert time.monotonic() - start < 5
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert "ok    Kubernetes version: 1.35 is in standard support until 2027-03-27" in lines
    assert "fail  credentials: no AWS credentials" in lines
    assert lines[-1] == "3 ok, 0 warn, 1 fail, 20 skip"
    assert "Traceback" not in result.output


def test_what_is_skipped_for_one_reason_is_one_line() -> None:
    lines = CliRunner().invoke(app, ["doctor"]).stdout.splitlines()

    (line,) = [one for one in lines if one.endswith(": no credentials of the account")]
    assert line.startswith("skip  region, zones, CDK bootstrap")


def test_json_is_a_list_of_findings() -> None:
    result = CliRunner().invoke(app, ["doctor", "--json"])

    findings = json.loads(result.stdout)
    assert result.exit_code == 1
    assert all(one.keys() == {"status", "title", "found", "meaning", "fix"} for one in findings)
    assert {one["status"] for one in findings} <= {"ok", "warn", "fail", "skip"}
    assert isinstance(findings[0]["fix"], list)


def test_the_date_decides_about_support() -> None:
    result = CliRunner().invoke(app, ["doctor", "--json", "--date", "2028-03-28"])

    (finding,) = [one for one in json.loads(result.stdout) if one["title"] == "Kubernetes version"]
    assert (finding["status"], finding["found"]) == ("fail", "1.35 ended on 2028-03-27")


@pytest.mark.parametrize("day", ["2026-02-30", "yesterday", "24.11.2026", "20261124", ""])
def test_a_date_that_is_none_is_wrong_usage(day: str) -> None:
    result = CliRunner().invoke(app, ["doctor", "--date", day])

    assert result.exit_code == 2
    assert "write it like 2027-01-31" in result.output


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-e", "nope"], "no environment 'nope': choose dev, prod, staging"),
        (["--profile", "nope"], "no AWS profile 'nope': there is none, or make one"),
    ],
)
def test_what_does_not_exist_is_told_with_what_does(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(app, ["doctor", *arguments])

    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr


def test_warnings_do_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    found(monkeypatch, ok("a", "b"), warn("c", "d", "e"), skip("f", "g"))

    assert CliRunner().invoke(app, ["doctor"]).exit_code == 0


def test_a_failure_is_one_line_each_for_finding_meaning_and_steps(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    edit = f'config/versions.toml: [kubernetes."1.35".addons]: vpc-cni = "{"9" * 200}"'
    found(monkeypatch, fail("EKS add-ons", "found [this]", "because", "first", edit))

    result = CliRunner().invoke(app, ["doctor"])

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "fail  EKS add-ons: found [this]",
        "      because",
        "      → first",
        f"      → {edit}",
        "0 ok, 0 warn, 1 fail, 0 skip",
    ]


def test_other_commands_do_not_wait_for_the_library_of_aws() -> None:
    program = "import sys, cli.main; sys.exit('botocore' in sys.modules or 'boto3' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
