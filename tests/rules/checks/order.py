"""In what order stacks are deployed, and how large they may be."""

import json
from collections.abc import Iterator

from config.naming import DELIVERY_STACK, STACKS
from tests.rules.checks.images import MANIFESTS
from tests.rules.deployment import Deployment, imports

# CloudFormation takes 500 resources and 1 MB (quotas of CloudFormation).
_RESOURCES = 500
_BYTES = 900_000
# The event of an update carries the old and the new manifest, and Lambda takes 256 KiB at worst.
_MANIFEST_BYTES = 120_000


def stacks_use_earlier_ones_only(deployment: Deployment) -> Iterator[str]:
    """By exports; so the last can be deleted without touching those before it."""
    for stack, template in deployment.templates.items():
        earlier = _earlier(stack)
        for name in imports(template):
            if name not in deployment.exports:
                yield f"{stack} imports {name}, which nobody exports"
            elif deployment.exports[name][0] not in earlier:
                yield f"{stack} uses the later {deployment.exports[name][0]}"


def the_cli_waits_for_earlier_stacks_only(deployment: Deployment) -> Iterator[str]:
    """What ``cdk deploy --all`` takes for the order."""
    for stack, before in deployment.waits_for.items():
        for other in sorted(before - set(_earlier(stack))):
            yield f"{stack} waits for {other}"


def what_is_exported_is_used(deployment: Deployment) -> Iterator[str]:
    """An export that nobody uses ties two stacks for nothing."""
    used = {name for template in deployment.templates.values() for name in imports(template)}
    for name in sorted(set(deployment.exports) - used):
        yield f"nobody uses {name}"


def templates_are_small_enough(deployment: Deployment) -> Iterator[str]:
    """For CloudFormation, with room."""
    for stack, template in deployment.templates.items():
        if len(template["Resources"]) >= _RESOURCES:
            yield f"{stack} has {len(template['Resources'])} resources"
        if len(json.dumps(template)) >= _BYTES:
            yield f"{stack} has {len(json.dumps(template))} bytes"


def manifests_are_small_enough(deployment: Deployment) -> Iterator[str]:
    """For the event of the custom resource that applies them."""
    for release in deployment.resources(MANIFESTS):
        size = len(json.dumps(release.properties["Manifest"]))
        if size >= _MANIFEST_BYTES:
            yield f"{release} has {size} bytes"


def _earlier(stack: str) -> tuple[str, ...]:
    return () if stack == DELIVERY_STACK else STACKS[: STACKS.index(stack)]


RULES = (
    stacks_use_earlier_ones_only,
    the_cli_waits_for_earlier_stacks_only,
    what_is_exported_is_used,
    templates_are_small_enough,
    manifests_are_small_enough,
)
