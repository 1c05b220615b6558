"""A setting changes what it is about and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from config import Settings, load_settings, load_versions
from stacks.assembly import assemble, feature_flags
from tests.rules.deployment import Deployment, read_deployment
from tests.rules.synthesis import deployment

CHANGED: dict[str, dict[str, Any]] = {
    "network": {"flow_log_retention_days": 545},
    "gateway": {"max_request_mib": 9},
    "data": {"old_release_days": 33, "backup_retention_days": 44},
    "budget": {"monthly_usd": 1, "emails": ["platform@example.com"]},
}
POOL_SIZE = 5

# By stack and type of the resource: what may differ.
BACKUP = "Properties/BackupPlan/BackupPlanRule/0/Lifecycle/DeleteAfterDays"
BUCKET = "Properties/LifecycleConfiguration/Rules/0/NoncurrentVersionExpiration/NoncurrentDays"
EXPECTED = {
    ("network", "AWS::Logs::LogGroup", "Properties/RetentionInDays"),
    ("storage", "AWS::Backup::BackupPlan", BACKUP),
    ("storage", "AWS::S3::Bucket", BUCKET),
    ("cluster", "AWS::EKS::Nodegroup", "Properties/ScalingConfig/MaxSize"),
    ("serving", "Custom::AWSCDK-EKS-KubernetesResource", "Properties/Manifest"),
    ("security", "AWS::Budgets::Budget", ""),
}


def changed_settings() -> Settings:
    body = load_settings("staging").model_dump(mode="json", exclude_none=True)
    for group, values in CHANGED.items():
        body[group] = {**body.get(group, {}), **values}
    body["cluster"]["gpu_pools"][0]["max_size"] = POOL_SIZE
    return Settings.model_validate(body)


def synthesize(settings: Settings, directory: Path) -> Deployment:
    app = cdk.App(context=feature_flags(), outdir=str(directory))
    assemble(app, settings=settings, versions=load_versions())
    app.synth()
    return read_deployment(directory, settings)


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """The places where two values differ."""
    if path.endswith("/Manifest"):  # a text, which is cut where references are
        old, new = json.dumps(old), json.dumps(new)
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() == new.keys():
        for key in old:
            yield from differences(old[key], new[key], f"{path}/{key}")
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from differences(before, after, f"{path}/{index}")
    elif old != new:
        yield path.removeprefix("/")


def test_a_setting_changes_what_it_is_about(tmp_path: Path) -> None:
    old, new = deployment("staging"), synthesize(changed_settings(), tmp_path)

    changed = set()
    for stack, template in old.templates.items():
        before, after = template["Resources"], new.templates[stack]["Resources"]
        for name in before.keys() | after.keys():
            found = before.get(name) or after[name]
            for path in differences(before.get(name), after.get(name)):
                changed.add((stack, found["Type"], path))
        assert {**template, "Resources": {}} == {**new.templates[stack], "Resources": {}}, stack

    assert changed == EXPECTED


def test_a_change_elsewhere_is_seen() -> None:
    assert list(differences({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]})) == ["a/1/b"]
    assert list(differences({"a": 1}, {"a": 1, "b": 2})) == [""]
