"""Questions in order, each on its own: one that fails, or may not ask, stops no other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from operations.aws.unanswered import UnansweredError
from operations.errors import OperationError
from operations.finding import Finding, Status, fail, skip


class AbsentError(OperationError):
    """What was looked at is not there, so that nothing inside it needs to be asked for.

    Attributes:
        finding: What that means, and what to do.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.found)
        self.finding = finding


@dataclass(frozen=True, kw_only=True)
class Check:
    """One question.

    Attributes:
        title: What is looked at.
        findings: Looks.
        of_account: Whether the account is asked, so that it is idle without one.
        gate: Why later questions to the account are idle when this one finds a failure; empty:
            they are not.
    """

    title: str
    findings: Callable[[], Iterable[Finding]]
    of_account: bool = True
    gate: str = ""


def go_through(checks: Iterable[Check], announce: Callable[[str], None]) -> list[Finding]:
    """Ask every question.

    Args:
        checks: In order.
        announce: Told what is looked at next.
    """
    found: list[Finding] = []
    closed = ""
    for check in checks:
        if closed and check.of_account:
            found.append(skip(check.title, closed))
            continue
        announce(check.title)
        try:
            # One by one: what was found before a question went unanswered stays.
            for finding in check.findings():
                found.append(finding)
                if finding.status is Status.FAIL:
                    closed = check.gate
        except AbsentError as error:
            found.append(error.finding)
            closed = str(error)
        except UnansweredError as error:
            found.append(fail(check.title, str(error), error.meaning, *error.fix))
    return found
