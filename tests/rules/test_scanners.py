"""Other people's rules: CDK's CloudFormation Validate, cdk-nag, cfn-lint.

Findings that are meant to be so are acknowledged beside the construct that they are about, except
those of cfn-lint, which cannot be: they are in a table here.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_eks as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from stacks.assembly import feature_flags
from tests.rules.synthesis import (
    EVERY_OPTION,
    SHIPPED,
    Acknowledgement,
    Finding,
    findings,
    report,
    scan,
    start_lint,
    synthesized,
    unacknowledged,
)

SCANNED = (*SHIPPED, EVERY_OPTION)
# What cfn-lint finds and is right: rule, part of the place, and why.
LINT = {
    "W3005": ("DependsOn", "CDK names an order also where a reference implies it"),
    "W3010": ("AvailabilityZone", "zones are settings: not every zone offers GPUs"),
    "W6001": ("Outputs", "commands for a person, with the name of a role of another stack"),
    "E3628": ("LaunchTemplateData/InstanceType", "its table knows no p5 in Frankfurt, where "
              "capacity blocks are sold by what there is"),
    "E3703": ("Configuration/RoleArn", "about style: CDK joins where it could substitute"),
}  # fmt: skip

NOUN = re.compile(r"\b(dev|staging|prod)\b")


@pytest.fixture(scope="module", autouse=True)
def linting() -> None:
    """cfn-lint takes as long as the rest, so it runs beside it."""
    for name in SCANNED:
        start_lint(synthesized(name))


@pytest.fixture(scope="module")
def bad_app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("bad")
    app = cdk.App(context=feature_flags(), outdir=str(directory))
    stack = cdk.Stack(app, "bad")
    s3.Bucket(stack, "Open")
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    role.add_to_policy(iam.PolicyStatement(actions=["s3:GetObject"], resources=["*"]))
    eks.CfnNodegroup(
        stack,
        "Nodes",
        cluster_name="c",
        node_role=role.role_arn,
        subnets=["subnet-1"],
        ami_type="NO_SUCH_IMAGE",
    )
    scan(app)
    return directory


@pytest.mark.parametrize("name", SCANNED)
def test_nothing_is_found_that_nobody_acknowledged(name: str) -> None:
    assert list(findings(synthesized(name))) == []


@pytest.mark.parametrize("name", SCANNED)
def test_cloudformation_validate_was_asked(name: str) -> None:
    # cdk-nag, the other one, is not in a report in which it found nothing.
    assert {plugin["pluginName"] for plugin in report(synthesized(name))} == {
        "CloudFormation Validate"
    }


def test_the_scanners_find_what_is_bad(bad_app: Path) -> None:
    found = {finding.id for finding in findings(bad_app)}

    assert {"AwsSolutions-S1", "AwsSolutions-S10", "AwsSolutions-IAM5[Resource::*]"} <= found
    # A warning, which fails no synthesis.
    assert "W3030" in found


@cache
def raw() -> tuple[frozenset[tuple[Finding, str]], frozenset[Acknowledgement]]:
    """All findings, each with its environment, and all acknowledgements."""
    found: set[tuple[Finding, str]] = set()
    made: set[Acknowledgement] = set()
    for name in SCANNED:
        own, acknowledgements = unacknowledged(name)
        found |= {(finding, name) for finding in own}
        made |= set(acknowledgements)
        for plugin in report(synthesized(name)):
            found |= {
                (Finding(one["acknowledgedId"], one["acknowledgedAt"]), name)
                for one in plugin.get("suppressedViolations", ())
            }
    return frozenset(found), frozenset(made)


def stale(found: Iterator[Finding], made: frozenset[Acknowledgement]) -> set[tuple[str, str]]:
    """The acknowledgements, as id and reason, that match nothing in any environment."""
    findings_by_id: dict[str, list[Finding]] = {}
    for finding in found:
        findings_by_id.setdefault(finding.id, []).append(finding)

    def key(acknowledgement: Acknowledgement) -> tuple[str, str]:
        return NOUN.sub("<environment>", acknowledgement.id), acknowledgement.reason

    used = {
        key(one)
        for one in made
        if any(one.covers(finding) for finding in findings_by_id.get(one.id, ()))
    }
    return {key(one) for one in made} - used


def test_every_acknowledgement_still_matches_a_finding() -> None:
    found, made = raw()

    assert len(made) > 50
    assert stale((finding for finding, _ in found), made) == set()


def test_an_acknowledgement_that_matches_nothing_is_found() -> None:
    found, made = raw()
    old = Acknowledgement("AwsSolutions-S1", "triton-platform-dev-network", "there was a bucket")

    assert stale((finding for finding, _ in found), made | {old}) == {(old.id, old.reason)}


def test_every_acknowledgement_has_a_reason() -> None:
    _, made = raw()

    # As long as one that says something; none repeats the finding.
    assert [one for one in made if len(one.reason.split()) < 5 or one.id in one.reason] == []


def test_nothing_but_a_boundary_allows_whole_services() -> None:
    _, made = raw()

    wide = {one.path for one in made if re.search(r"Action::[a-z0-9-]*:?\*\]", one.id)}

    assert {path.rpartition("/")[0].rpartition("/")[2] for path in wide} == {"Boundary"}


def linted(directory: Path) -> list[tuple[str, str, str]]:
    """Rule, place and message."""
    output, _ = start_lint(directory).communicate(timeout=120)
    return [
        (
            one["Rule"]["Id"],
            "/".join(str(key) for key in one["Location"]["Path"] or ()),
            f"{one['Filename'].rpartition('/')[2]}: {one['Message']}",
        )
        for one in json.loads(output)
    ]


@cache
def all_linted() -> list[tuple[str, str, str]]:
    return [one for name in SCANNED for one in linted(synthesized(name))]


def test_cfn_lint_finds_nothing_but_what_is_meant() -> None:
    unmeant = [
        (rule, place, message)
        for rule, place, message in all_linted()
        if rule not in LINT or LINT[rule][0] not in place
    ]

    assert unmeant == []


def test_what_cfn_lint_is_told_to_leave_is_still_there() -> None:
    assert {rule for rule, _, _ in all_linted()} == set(LINT)


def test_cfn_lint_finds_what_is_bad(bad_app: Path) -> None:
    assert "E3030" in {rule for rule, _, _ in linted(bad_app)}
