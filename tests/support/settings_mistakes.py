"""A settings file with one mistake in it, and what is said about that."""

from pathlib import Path

import pytest

from config import ConfigError, load_settings
from config.settings import ENVIRONMENTS

DEV = (ENVIRONMENTS / "dev.toml").read_text(encoding="utf-8")
# The last table of dev.toml: what a test adds goes before it.
_LAST = "[local]\n"


def write_settings(directory: Path, old: str, new: str) -> Path:
    """The dev environment in a file of its own, with ``new`` for the first ``old``."""
    assert old in DEV, f"dev.toml no longer says {old!r}"
    path = directory / "mine.toml"
    path.write_text(DEV.replace(old, new, 1), encoding="utf-8")
    return path


def write_table(directory: Path, table: str) -> Path:
    """The dev environment in a file of its own, with a table more."""
    return write_settings(directory, _LAST, f"{table}\n\n{_LAST}")


def refusal(path: Path) -> str:
    """What is said about a file that is refused, without its own name before each mistake."""
    with pytest.raises(ConfigError) as refused:
        load_settings(str(path))
    lines = str(refused.value).splitlines()
    assert all(line.startswith(f"{path}: ") for line in lines)
    return "\n".join(line.removeprefix(f"{path}: ") for line in lines)


def assert_refused(path: Path, key: str, value: str, remedy: str) -> None:
    """The file has one mistake, told with its key, what was written, and what to write."""
    message = refusal(path)
    assert message.startswith((f"{key}: ", f"{key} "))
    assert value in message
    assert remedy in message
    assert "\n" not in message
