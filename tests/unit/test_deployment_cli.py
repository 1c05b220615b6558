"""``tritonctl smoke``: its lines, its JSON and its exit status."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from config import load_settings, load_versions
from operations.aws.account import Account
from operations.deployment.patience import until_well
from operations.finding import Finding, fail, ok
from tests.support.aws_answers import AnsweringAccount, Refused
from tests.support.healthy_deployment import healthy_deployment
from tests.support.moto_account import without_aws


@pytest.fixture(autouse=True)
def nothing_of_aws() -> Iterator[None]:
    with without_aws():
        yield


def smoke(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["smoke", *arguments])


def deployed(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    answers = healthy_deployment(load_settings("dev"), load_versions())

    def account(*_: object, region: str, **__: object) -> Account:
        return AnsweringAccount({**answers, **changed}, region=region)

    monkeypatch.setattr("cli.smoke.Account", account)


def test_without_credentials_it_soon_ends_with_1_and_says_so() -> None:
    start = time.monotonic()
    result = smoke("-e", "prod")

    assert time.monotonic() - start < 5
    assert result.exit_code == 1
    assert "fail  credentials: no AWS credentials" in result.stdout.splitlines()
    assert "skip  stacks, image, cluster, add-ons, nodes: no credentials" in result.stdout
    assert "Traceback" not in result.output


def test_a_healthy_deployment_ends_with_0(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed(monkeypatch)
    result = smoke("-e", "dev")

    assert result.exit_code == 0
    assert "ok    stacks: all 6 are complete" in result.stdout.splitlines()
    assert result.stdout.splitlines()[-1] == "7 ok, 0 warn, 0 fail, 1 skip"


def test_one_failure_ends_with_1_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed(monkeypatch, **{"ecr:DescribeImages": Refused("ImageNotFoundException")})
    result = smoke("-e", "dev")

    assert result.exit_code == 1
    assert "fail  image: triton-platform-dev/tritonserver lacks" in result.stdout
    assert "→ aws codebuild start-build --project-name triton-platform-dev-mirror" in result.stdout


def test_json_is_a_list_of_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    deployed(monkeypatch)
    findings = json.loads(smoke("--json").stdout)

    assert all(one.keys() == {"status", "title", "found", "meaning", "fix"} for one in findings)


def findings_over_time(*rounds: list[Finding], minutes: float) -> tuple[list[Finding], float]:
    """What is found in the end, and after how many seconds."""
    now, left = [0.0], list(rounds)

    def sleep(seconds: float) -> None:
        now[0] += seconds

    found = until_well(
        lambda: left.pop(0) if len(left) > 1 else left[0],
        minutes=minutes,
        clock=lambda: now[0],
        sleep=sleep,
    )
    return found, now[0]


def test_it_asks_once_unless_told_to_wait() -> None:
    sick = [fail("image", "lacks", "a")]

    assert findings_over_time(sick, [ok("image", "has")], minutes=0) == (sick, 0)


def test_it_waits_until_all_is_well_and_no_longer() -> None:
    sick, well = [fail("image", "lacks", "a")], [ok("image", "has")]

    assert findings_over_time(sick, sick, well, minutes=30) == (well, 40)


def test_it_gives_up_in_time() -> None:
    sick = [fail("image", "lacks", "a")]

    assert findings_over_time(sick, minutes=1) == (sick, 60)


def test_credentials_are_not_waited_for() -> None:
    nobody = [fail("credentials", "none", "a")]

    assert findings_over_time(nobody, minutes=30) == (nobody, 0)


def test_the_command_waits_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[float] = []

    def once(examine: object, *, minutes: float) -> list[Finding]:
        asked.append(minutes)
        return [ok("a", "b")]

    monkeypatch.setattr("cli.smoke.until_well", once)

    assert smoke("--wait", "30").exit_code == 0
    assert {smoke("--wait", wrong).exit_code for wrong in ("-1", "inf", "nan")} == {2}
    assert asked == [30]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["-e", "nope"], "no environment 'nope': choose dev, prod, staging"),
        (["--profile", "nope"], "no AWS profile 'nope'"),
        (["--url", "ftp://a"], "'ftp://a' is no address of a gateway: write https://HOST"),
    ],
)
def test_mistakes_are_told_with_the_remedy(arguments: list[str], told: str) -> None:
    result = smoke(*arguments)

    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr
