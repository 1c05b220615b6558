"""``tritonctl doctor``: is the account ready for a deployment?"""

from datetime import date, datetime
from typing import Annotated

import typer

from cli.console import err, mistakes_explained
from cli.findings import tell_findings
from cli.options import Environment, Json, Profile
from config import load_settings, load_versions
from operations.aws.account import Account
from operations.aws.session import open_session
from operations.doctor.examination import POLICY, examine, settings_file


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError as error:
        raise typer.BadParameter(f"'{text}' is no day: write it like 2027-01-31") from error


def doctor(
    environment: Environment = "dev",
    profile: Profile = None,
    day: Annotated[
        date | None,
        typer.Option(
            "--date",
            parser=_day,
            metavar="2027-01-31",
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
        account = Account(
            open_session(profile), region=settings.region, profile=profile, policy=POLICY
        )
        with err.status("looking") as progress:
            findings = examine(
                settings,
                versions,
                account,
                today=day or date.today(),
                file=settings_file(environment),
                announce=lambda title: progress.update(f"looking at {title}"),
            )
    tell_findings(findings, as_json=as_json)
