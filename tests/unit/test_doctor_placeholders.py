"""Examples that somebody left in a settings file."""

import re
from pathlib import Path

import pytest

from config import Settings, load_settings
from config.settings import ENVIRONMENTS
from operations.doctor.placeholders import check_placeholders
from operations.finding import Status

FILE = "mine.toml"


def uncommented(path: Path) -> str:
    """A shipped settings file with every example switched on, and nothing replaced."""
    return re.sub(r"(?m)^# (\[\w+\]|\w+ = .*)$", r"\1", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_a_shipped_file_has_none(environment: str) -> None:
    (finding,) = check_placeholders(load_settings(environment), file=FILE)

    assert finding.status is Status.OK


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_examples_that_are_switched_on_and_left_as_they_are_fail(
    environment: str, tmp_path: Path
) -> None:
    path = tmp_path / FILE
    path.write_text(uncommented(ENVIRONMENTS / f"{environment}.toml"), encoding="utf-8")
    settings: Settings = load_settings(str(path))

    found = list(check_placeholders(settings, file=FILE))

    keys = ["github.repository", "github.repository_id", "dns.domain", "budget.emails"]
    keys += ["delivery.connection_arn"] if environment == "prod" else []
    assert [one.status for one in found] == [Status.FAIL] * len(keys)
    assert [one.fix for one in found] == [(f"{FILE}: {key}",) for key in keys]
