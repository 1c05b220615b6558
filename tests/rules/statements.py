"""The statements of every policy in a deployment, with what they say in plain text."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.rules.deployment import Deployment, Resource

# Policies of resources: by type the property that is the document.
_RESOURCE_POLICIES = {
    "AWS::EFS::FileSystem": "FileSystemPolicy",
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::Logs::ResourcePolicy": "PolicyDocument",
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}


@dataclass(frozen=True, kw_only=True)
class Statement:
    """A statement.

    Attributes:
        holder: The role that may, or the resource that lets.
        effect: Allow or Deny.
        actions: As written, so maybe with ``*``.
        resources: ARNs or ``*``.
        principals: Pairs such as ``("Service", "ec2.amazonaws.com")``.
        conditions: Values by operator and key.
    """

    holder: Resource
    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]]

    @property
    def allows(self) -> bool:
        return self.effect == "Allow"

    def covers(self, action: str) -> bool:
        """Whether ``action`` is among the actions."""
        return any(fnmatchcase(action.lower(), own.lower()) for own in self.actions)

    def demanded(self, key: str) -> tuple[str, ...]:
        """The values of which ``key`` must have exactly one; none when nothing is demanded."""
        return self.conditions.get("StringEquals", {}).get(key, ())


def trusts(deployment: Deployment) -> Iterator[Statement]:
    """Who may take which role."""
    for role in deployment.resources("AWS::IAM::Role"):
        yield from _statements(deployment, role, role.properties["AssumeRolePolicyDocument"])


def grants(deployment: Deployment) -> Iterator[Statement]:
    """What roles may do. Of AWS' own policies and the boundary nothing is told."""
    for policy in deployment.resources("AWS::IAM::Policy"):
        for name in policy.properties["Roles"]:
            role = deployment.origin(policy.stack, name)
            assert role, f"{policy} is of no role here"
            yield from _statements(
                deployment, role, policy.properties["PolicyDocument"], policy.stack
            )
    for role in deployment.resources("AWS::IAM::Role"):
        for inline in role.properties.get("Policies", ()):
            yield from _statements(deployment, role, inline["PolicyDocument"])


def boundaries(deployment: Deployment) -> Iterator[Statement]:
    """The managed policies, of which the boundary is the only one."""
    for policy in deployment.resources("AWS::IAM::ManagedPolicy"):
        yield from _statements(deployment, policy, policy.properties["PolicyDocument"])


def resource_policies(deployment: Deployment) -> Iterator[Statement]:
    """Whom resources let in by themselves."""
    for resource in deployment.resources(*_RESOURCE_POLICIES):
        document = resource.properties.get(_RESOURCE_POLICIES[resource.type])
        if document:
            yield from _statements(deployment, resource, document)


def _statements(
    deployment: Deployment, holder: Resource, document: Any, stack: str | None = None
) -> Iterator[Statement]:
    stack = stack or holder.stack
    if "Statement" not in document:  # JSON, maybe with references in it
        document = json.loads(deployment.text(stack, document))

    def texts(value: Any) -> tuple[str, ...]:
        values = value if isinstance(value, list) else [value]
        return tuple(deployment.text(stack, item) for item in values)

    for statement in document["Statement"]:
        principal = statement.get("Principal", {})
        if principal == "*":
            principal = {"AWS": "*"}
        yield Statement(
            holder=holder,
            effect=statement["Effect"],
            actions=texts(statement["Action"]),
            resources=texts(statement.get("Resource", [])),
            principals=tuple(
                (kind, text) for kind, value in principal.items() for text in texts(value)
            ),
            conditions={
                operator: {
                    key: texts(value) for key, value in _keys(deployment, stack, keys).items()
                }
                for operator, keys in statement.get("Condition", {}).items()
            },
        )


def _keys(deployment: Deployment, stack: str, keys: Any) -> dict[str, Any]:
    """The keys of a condition, which CDK's custom resource makes when they are not known."""
    made = deployment.origin(stack, keys)
    if made is None:
        assert isinstance(keys, dict)
        return keys
    assert made.type == "Custom::AWSCDKCfnJson", f"{made} makes a condition"
    found: dict[str, Any] = json.loads(deployment.text(stack, made.properties["Value"]))
    return found


@cache
def known_actions() -> dict[str, tuple[str, bool]]:
    """By action in small letters: its access level, and whether it can be limited to resources.

    Read from the data of ``parliament``, whose module needs the long gone ``pkg_resources``.
    """
    spec = find_spec("parliament")
    assert spec
    assert spec.submodule_search_locations
    data = Path(spec.submodule_search_locations[0], "iam_definition.json")
    return {
        f"{service['prefix']}:{action['privilege']}".lower(): (
            action["access_level"],
            any(kind["resource_type"] for kind in action["resource_types"]),
        )
        for service in json.loads(data.read_text(encoding="utf-8"))
        for action in service["privileges"]
    }


@cache
def expanded(action: str) -> Sequence[str]:
    """The actions that an action, maybe with ``*``, stands for; in small letters."""
    wanted = action.lower()
    if "*" not in wanted:
        return [wanted] if wanted in known_actions() else []
    return [known for known in known_actions() if fnmatchcase(known, wanted)]
