"""What one check found, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One answer.

    Attributes:
        status: ``fail`` stops a deployment, or would end it half-way; ``warn`` does not.
        title: What was looked at.
        found: What there is.
        meaning: Why that matters; empty where it is plain.
        fix: Commands, or a file and its key, one a line, in order.
    """

    status: Status
    title: str
    found: str
    meaning: str = ""
    fix: tuple[str, ...] = ()


def ok(title: str, found: str, meaning: str = "") -> Finding:
    """Nothing to do."""
    return Finding(status=Status.OK, title=title, found=found, meaning=meaning)


def warn(title: str, found: str, meaning: str, *fix: str) -> Finding:
    """Something to know or to do, that stops no deployment."""
    return Finding(status=Status.WARN, title=title, found=found, meaning=meaning, fix=fix)


def fail(title: str, found: str, meaning: str, *fix: str) -> Finding:
    """Something to do before a deployment."""
    return Finding(status=Status.FAIL, title=title, found=found, meaning=meaning, fix=fix)


def skip(title: str, found: str, meaning: str = "", *fix: str) -> Finding:
    """Nothing was looked at, and why."""
    return Finding(status=Status.SKIP, title=title, found=found, meaning=meaning, fix=fix)
