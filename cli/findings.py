"""What checks found, a line each: how it ended, why it matters, what to do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from itertools import groupby

import typer

from cli.console import FAILED, escape, out, print_json
from operations.finding import Finding, Status

_STYLE = {Status.OK: "green", Status.WARN: "yellow", Status.FAIL: "red", Status.SKIP: "dim"}
_INDENT = " " * 6


def tell_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    """For people or, as JSON, for programs; ends the command when one of them is a failure.

    Raises:
        typer.Exit: with status 1.
    """
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        _print(findings)
    if any(finding.status is Status.FAIL for finding in findings):
        raise typer.Exit(FAILED)


def _print(findings: Sequence[Finding]) -> None:
    """Each finding, then how many there are of which kind."""
    for finding in _merged(findings):
        status = f"[{_STYLE[finding.status]}]{finding.status:<5}[/]"
        _line(f"{status} [bold]{finding.title}[/]: {escape(finding.found)}")
        if finding.meaning:
            _line(f"{_INDENT}[dim]{escape(finding.meaning)}[/]")
        for fix in finding.fix:
            _line(f"{_INDENT}→ {escape(fix)}")
    counts = Counter(finding.status for finding in findings)
    _line(", ".join(f"{counts[status]} {status}" for status in Status))


def _merged(findings: Sequence[Finding]) -> Iterator[Finding]:
    """What is skipped in a row and for one reason as one finding."""
    for (status, _, _), group in groupby(
        findings, key=lambda one: (one.status, one.found, one.meaning)
    ):
        alike = list(group)
        if status is Status.SKIP:
            yield replace(alike[0], title=", ".join(one.title for one in alike))
        else:
            yield from alike


def _line(text: str) -> None:
    # Commands are long and one wants to copy them: unbroken.
    out.print(text, highlight=False, soft_wrap=True)
