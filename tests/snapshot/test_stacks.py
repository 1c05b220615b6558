"""The CloudFormation templates of every environment. Manifests are in the goldens of charts."""

import difflib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import aws_cdk as cdk
import pytest
import yaml
from aws_cdk import cx_api
from syrupy.assertion import SnapshotAssertion

from config import environment_names, load_settings, load_versions
from config.naming import DELIVERY_STACK, STACKS, stack_name
from stacks.assembly import assemble, feature_flags
from tests.support.every_option import every_option_assembly
from tests.support.manifests import MANIFESTS

ASSET = re.compile(r"[0-9a-f]{64}(?=\.(zip|json|js|sh)|$)")
SCRIPT = re.compile(r"cat > (\S+) <<'END_OF_SCRIPT'.*END_OF_SCRIPT", re.DOTALL)


ENVIRONMENTS_AND_STACKS = [
    pytest.param(environment, noun, id=f"{environment}-{noun}")
    for environment in environment_names()
    for noun in STACKS
]


@pytest.mark.parametrize(("environment", "noun"), ENVIRONMENTS_AND_STACKS)
def test_stack(
    cloud_assembly: Callable[[str], cx_api.CloudAssembly],
    golden: SnapshotAssertion,
    environment: str,
    noun: str,
) -> None:
    template = cloud_assembly(environment).get_stack_by_name(stack_name(environment, noun)).template

    assert readable(template) == golden


@pytest.mark.parametrize("noun", ["security", "cluster", DELIVERY_STACK])
def test_every_option(golden: SnapshotAssertion, noun: str) -> None:
    template = every_option_assembly().get_stack_by_name(stack_name("prod", noun)).template

    assert readable(template) == golden


def test_one_line_of_settings_is_a_few_lines_of_a_golden_file(
    cloud_assembly: Callable[[str], cx_api.CloudAssembly],
) -> None:
    settings = load_settings("dev")
    [pool] = settings.cluster.gpu_pools
    cluster = settings.cluster.model_copy(
        update={"gpu_pools": (pool.model_copy(update={"max_size": pool.max_size + 1}),)}
    )
    app = cdk.App(context=feature_flags())
    assemble(
        app, settings=settings.model_copy(update={"cluster": cluster}), versions=load_versions()
    )
    before, after = cloud_assembly("dev"), app.synth()

    changed = []
    for stack in before.stacks:
        old, new = (
            yaml.safe_dump(readable(template), sort_keys=False).splitlines()
            for template in (stack.template, after.get_stack_by_name(stack.stack_name).template)
        )
        lines = list(difflib.unified_diff(old, new, lineterm="", n=0))[2:]
        changed += [line for line in lines if not line.startswith("@@")]

    assert [line.replace(" ", "") for line in changed] == [
        f"-MaxSize:{pool.max_size}",
        f"+MaxSize:{pool.max_size + 1}",
    ]


def readable(template: Mapping[str, Any]) -> Any:
    """The template without what changes with every release of a library."""
    body = json.loads(json.dumps(template))
    for resource in body["Resources"].values():
        if resource["Type"] == MANIFESTS:
            resource["Properties"]["Manifest"] = "<see test_charts>"
        # CDK's own bookkeeping, the same in every template.
    for common in ("Rules", "Parameters"):
        if "BootstrapVersion" in json.dumps(body.get(common, {})):
            body.pop(common, None)
    return _masked(body)


def _masked(value: Any) -> Any:
    """Hashes of assets and the text of scripts, which have tests of their own, by name only."""
    if isinstance(value, str):
        return SCRIPT.sub(r"<script \1>", ASSET.sub("<asset>", value))
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value
