"""The CloudFormation templates of dev. Manifests are in the goldens of their charts."""

import json
import re
from collections.abc import Mapping
from typing import Any

from aws_cdk.assertions import Template
from syrupy.assertion import SnapshotAssertion

MANIFESTS = "Custom::AWSCDK-EKS-KubernetesResource"
ASSET = re.compile(r"[0-9a-f]{64}")


def readable(template: Template) -> Any:
    """The template without what changes with every release of a library."""
    body = template.to_json()
    for resource in body["Resources"].values():
        if resource["Type"] == MANIFESTS:
            resource["Properties"]["Manifest"] = "<see test_charts>"
    return json.loads(ASSET.sub("<asset>", json.dumps(body)))


def test_network(synth: Mapping[str, Template], golden: SnapshotAssertion) -> None:
    assert readable(synth["network"]) == golden


def test_storage(synth: Mapping[str, Template], golden: SnapshotAssertion) -> None:
    assert readable(synth["storage"]) == golden


def test_cluster(synth: Mapping[str, Template], golden: SnapshotAssertion) -> None:
    assert readable(synth["cluster"]) == golden


def test_serving(synth: Mapping[str, Template], golden: SnapshotAssertion) -> None:
    assert readable(synth["serving"]) == golden
