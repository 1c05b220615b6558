"""The Kubernetes objects inside a CloudFormation template."""

import json
from typing import Any

from aws_cdk.assertions import Template

from operations.changes.manifest import document_text

MANIFESTS = "Custom::AWSCDK-EKS-KubernetesResource"


def releases_in(template: Template) -> dict[str, list[Any]]:
    """The objects by the logical id of their resource; imports read as ``${ImportValue ...}``."""
    return {
        logical_id: json.loads(document_text(resource["Properties"]["Manifest"]))
        for logical_id, resource in template.find_resources(MANIFESTS).items()
    }


def objects_in(template: Template) -> dict[str, Any]:
    """The objects by their kind; of several of a kind the last one."""
    return {found["kind"]: found for release in releases_in(template).values() for found in release}
