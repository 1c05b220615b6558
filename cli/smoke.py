"""``tritonctl smoke``: is the deployed platform well?"""

from typing import Annotated

import typer

from cli.console import err, mistakes_explained
from cli.findings import tell_findings
from cli.options import Environment, Json, Profile
from config import load_settings, load_versions
from local.state import MODEL_REPOSITORY
from operations.aws.account import Account
from operations.aws.session import open_session
from operations.deployment.examination import POLICY, examine_deployment
from operations.deployment.patience import until_well
from operations.doctor.examination import settings_file
from serving.repository import read_repository

# Minutes; without a limit `inf` would be one.
_LONGEST = 24 * 60


def smoke(
    environment: Environment = "dev",
    url: Annotated[
        str | None,
        typer.Option(
            help="Address of the gateway, to ask the shipped models as clients do.",
            show_default="the domain of the settings",
        ),
    ] = None,
    wait: Annotated[
        float,
        typer.Option(
            min=0,
            max=_LONGEST,
            help="Minutes to go on asking while something is not well.",
        ),
    ] = 0,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Ask AWS and the gateway whether what was deployed is well. Changes nothing.

    Exit status 1 when something is not. docs/delivery.md has the permissions that it needs.

    Example: `tritonctl smoke -e prod --url https://inference.example.com`
    """
    with mistakes_explained():
        settings, versions = load_settings(environment), load_versions()
        account = Account(
            open_session(profile), region=settings.region, profile=profile, policy=POLICY
        )
        with err.status("looking") as progress:
            findings = until_well(
                lambda: examine_deployment(
                    settings,
                    versions,
                    account,
                    read_repository(MODEL_REPOSITORY),
                    file=settings_file(environment),
                    url=url,
                    announce=lambda title: progress.update(f"looking at {title}"),
                ),
                minutes=wait,
            )
    tell_findings(findings, as_json=as_json)
