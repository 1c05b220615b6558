"""The environments that the rules look at, each synthesized once with the scanners on."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from cdk_nag import AwsSolutionsChecks

from config import Settings, load_settings, load_versions
from stacks.assembly import assemble, feature_flags
from stacks.delivery import DeliveryStack
from tests.rules.deployment import Deployment, read_deployment
from tests.support.every_option import every_option

# The environments as shipped, production with every option, and what its pipeline deploys.
EVERY_OPTION = "every-option"
SHIPPED = ("dev", "staging", "prod")
PIPED = ("piped-staging", "piped-prod")
DEPLOYMENTS = (*SHIPPED, EVERY_OPTION, *PIPED)

_leftovers = ExitStack()


@dataclass(frozen=True)
class Finding:
    """What a scanner found.

    Attributes:
        id: The rule, with what it is about in brackets.
        path: The construct.
    """

    id: str
    path: str


@dataclass(frozen=True)
class Acknowledgement:
    """A finding that is meant to be so.

    Attributes:
        id: Of the finding.
        path: The construct; it counts for what is below as well.
        reason: Why.
    """

    id: str
    path: str
    reason: str

    def covers(self, finding: Finding) -> bool:
        """Whether this is what is meant."""
        return finding.id == self.id and f"{finding.path}/".startswith(f"{self.path}/")


def build(name: str, directory: Path) -> cdk.App:
    """The app of an environment, not yet synthesized."""
    app, versions = cdk.App(context=feature_flags(), outdir=str(directory)), load_versions()
    assemble(app, settings=settings_of(name), versions=versions)
    if name == EVERY_OPTION:
        staging = every_option("staging")
        DeliveryStack(app, staging=staging, prod=settings_of(name), versions=versions)
    return app


def settings_of(name: str) -> Settings:
    """What a deployment was made from."""
    if name in SHIPPED:
        return load_settings(name)
    return every_option(name.removeprefix("piped-") if name in PIPED else "prod")


def scan(app: cdk.App) -> None:
    """Synthesize with the scanners on; what they find is in the report beside the templates."""
    cdk.Validations.of(app).add_plugins(
        # The tests turn the default one off, since it takes longer than the synthesis.
        cdk.CloudFormationValidatePlugin(),
        AwsSolutionsChecks(app),
    )
    try:
        app.synth()
    except RuntimeError as error:
        if "ValidationFailed" not in str(error):
            raise


@cache
def synthesized(name: str) -> Path:
    """The cloud assembly of an environment."""
    directory = _scratch() / name
    scan(build(name, directory))
    return directory


@cache
def deployment(name: str) -> Deployment:
    """What an environment deploys."""
    settings = settings_of(name)
    if name not in PIPED:
        return read_deployment(synthesized(name), settings)
    [nested] = synthesized(EVERY_OPTION).glob(f"assembly-*-{settings.name.capitalize()}")
    return read_deployment(nested, settings)


def clean_up() -> None:
    """Remove the assemblies, and end what is still running."""
    _leftovers.close()


def report(directory: Path) -> list[dict[str, Any]]:
    """What each scanner said."""
    text = (directory / "validation-report.json").read_text(encoding="utf-8")
    plugins: list[dict[str, Any]] = json.loads(text)["pluginReports"]
    return plugins


def findings(directory: Path) -> Iterator[Finding]:
    """What scanners found and nobody acknowledged; warnings as well."""
    for plugin in report(directory):
        for violation in plugin["violations"]:
            for construct in violation["violatingConstructs"]:
                yield Finding(violation["ruleName"], construct["constructPath"])


@cache
def unacknowledged(name: str) -> tuple[list[Finding], list[Acknowledgement]]:
    """What cdk-nag says of an environment of which nothing is acknowledged, and what would be."""
    made: list[Acknowledgement] = []

    class Recorder:
        def __init__(self, scope: cdk.Stack) -> None:
            self.path = scope.node.path

        def acknowledge(self, *given: cdk.Acknowledgment) -> None:
            made.extend(Acknowledgement(one.id, self.path, one.reason or "") for one in given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cdk.Validations, "of", Recorder)
        app = build(name, _scratch() / f"{name}-bare")
    found = [
        Finding(violation.rule_name, resource.construct_path)
        for violation in AwsSolutionsChecks(app).validate_scope(app).violations
        for resource in violation.violating_resources
        if resource.construct_path
    ]
    return found + list(_warnings(app, made)), made


def _warnings(app: cdk.App, made: list[Acknowledgement]) -> Iterator[Finding]:
    """The warnings of constructs, where one is acknowledged."""
    prefix = "Annotation::"
    for acknowledgement in made:
        if not acknowledgement.id.startswith(prefix):
            continue
        scope = app.node
        for name in acknowledgement.path.split("/"):
            scope = scope.find_child(name).node
        for node in scope.find_all():
            for entry in node.node.metadata:
                if f"[ack: {acknowledgement.id.removeprefix(prefix)}]" in str(entry.data):
                    yield Finding(acknowledgement.id, node.node.path)


@cache
def start_lint(directory: Path) -> "subprocess.Popen[str]":
    """cfn-lint on the templates in a directory, in a process of its own."""
    templates = sorted(str(path) for path in directory.glob("*.template.json"))
    region = settings_of(EVERY_OPTION).region
    tool = Path(sys.executable).with_name("cfn-lint")
    program = [str(tool), "--format", "json", "--regions", region, "--"]
    process = subprocess.Popen([*program, *templates], stdout=subprocess.PIPE, text=True)
    _leftovers.enter_context(process)
    _leftovers.callback(process.kill)
    return process


@cache
def _scratch() -> Path:
    return Path(_leftovers.enter_context(tempfile.TemporaryDirectory(prefix="rules-")))
