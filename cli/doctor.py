"""``tritonctl doctor``: is the account ready for a deployment?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from itertools import groupby
from typing import Annotated

import typer

from cli.console import FAILED, err, escape, mistakes_explained, out, print_json
from cli.options import Environment, Json
from config import load_settings, load_versions
from operations.doctor.account import Account
from operations.doctor.examination import examine, settings_file
from operations.doctor.finding import Finding, Status
from operations.doctor.session import open_session

_STYLE = {Status.OK: "green", Status.WARN: "yellow", Status.FAIL: "red", Status.SKIP: "dim"}
_INDENT = " " * 6


def doctor(
    environment: Environment = "dev",
    profile: Annotated[
        str | None,
        typer.Option("--profile", help="AWS profile.", show_default="what AWS's own tools take"),
    ] = None,
    day: Annotated[
        datetime | None,
        typer.Option(
            "--date",
            formats=["%Y-%m-%d"],
            help="Day for which support of the Kubernetes version is looked at.",
            show_default="today",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask an AWS account whether an environment can be deployed to it. Changes nothing.

    Exit status 1 when something would fail; warnings do not count. What needs no account is
    looked at without credentials, too. docs/doctor.md has the permissions that it needs.

    Example: `tritonctl doctor -e prod --profile platform-prod`
    """
    with mistakes_explained():
        settings, versions = load_settings(environment), load_versions()
        account = Account(open_session(profile), region=settings.region, profile=profile)
        with err.status("looking") as progress:
            findings = examine(
                settings,
                versions,
                account,
                today=day.date() if day else date.today(),
                file=settings_file(environment),
                announce=lambda title: progress.update(f"looking at {title}"),
            )
    if as_json:
        print_json([asdict(finding) for finding in findings])
    else:
        _print(findings)
    if any(finding.status is Status.FAIL for finding in findings):
        raise typer.Exit(FAILED)


def _print(findings: Sequence[Finding]) -> None:
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
