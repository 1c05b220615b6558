"""One thing that is wrong with a model repository, said so that its author can mend it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What a problem means.

    ``BROKEN`` models do not load. ``UNSAFE`` models load, but are refused before production.
    ``ADVICE`` changes nothing.
    """

    BROKEN = "broken"
    UNSAFE = "unsafe"
    ADVICE = "advice"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """A finding of the linter.

    Attributes:
        rule: Stable id, such as ``name-mismatch``.
        severity: What it means.
        model: Directory name of the model; empty for the repository itself.
        file: Path of the file or directory, relative to the repository.
        field: Line (``line 4``) or field of the file; empty when the whole file is meant.
        message: What is wrong: what was found and what is allowed.
        fix: What to do.
    """

    rule: str
    severity: Severity
    model: str
    file: str
    message: str
    fix: str
    field: str = ""

    def __str__(self) -> str:
        """``file: field: message. fix [rule]``, the form of compilers and linters."""
        place = f"{self.file}: {self.field}" if self.field else self.file
        return f"{place}: {self.message}. {self.fix} [{self.rule}]"
