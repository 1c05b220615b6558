"""Mistakes in the order of stacks, and stacks that are too large."""

import copy
from dataclasses import replace

from tests.rules.breaking import Break, Change, add, output, put
from tests.rules.checks.images import MANIFESTS
from tests.rules.checks.order import (
    manifests_are_small_enough,
    stacks_use_earlier_ones_only,
    templates_are_small_enough,
    the_cli_waits_for_earlier_stacks_only,
    what_is_exported_is_used,
)
from tests.rules.deployment import Deployment

LATER = "triton-platform-prod-cluster:ExportsOutputRefClusterEB0386A796A0E3FE"
PARAMETER = "AWS::SSM::Parameter"


def waiting(stack: str, other: str) -> Change:
    def change(deployment: Deployment) -> Deployment:
        return replace(deployment, waits_for={**deployment.waits_for, stack: frozenset({other})})

    return change


def crowded(deployment: Deployment) -> Deployment:
    template = copy.deepcopy(deployment.templates["serving"])
    template["Resources"] |= {f"P{number}": {"Type": PARAMETER} for number in range(500)}
    return replace(deployment, templates={**deployment.templates, "serving": template})


BREAKS = (
    Break(
        stacks_use_earlier_ones_only,
        add("storage", PARAMETER, Value={"Fn::ImportValue": LATER}),
        "storage uses the later cluster",
    ),
    Break(
        stacks_use_earlier_ones_only,
        add("delivery", PARAMETER, Value={"Fn::ImportValue": LATER}),
        "delivery uses the later cluster",
    ),
    Break(
        stacks_use_earlier_ones_only,
        add("serving", PARAMETER, Value={"Fn::ImportValue": "nowhere"}),
        "serving imports nowhere, which nobody exports",
    ),
    Break(
        the_cli_waits_for_earlier_stacks_only,
        waiting("network", "registry"),
        "network waits for registry",
    ),
    Break(
        what_is_exported_is_used,
        output("network", "Unused", "x"),
        "nobody uses network:Unused",
    ),
    Break(templates_are_small_enough, crowded, "serving has 50"),
    Break(
        templates_are_small_enough,
        add("serving", PARAMETER, Value="x" * 900_000),
        "serving has 9",
    ),
    Break(
        manifests_are_small_enough,
        put("serving", MANIFESTS, "Properties/Manifest", "x" * 120_000),
        "has 120002 bytes",
    ),
)
