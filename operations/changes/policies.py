"""Where the resources of a stack say who may do what: IAM documents, and what works like them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.changes.assembly import Resource
from operations.changes.grant import ALLOW, EVERYTHING, Grant, grants
from operations.changes.holder import named
from operations.changes.intrinsics import canonical


@dataclass(frozen=True, kw_only=True)
class ResourcePolicy:
    """Where a type of resource has its document.

    Attributes:
        document: The property.
        subject: The property that names what it protects; None when that is the resource itself.
        open: Without a document everybody is let in.
    """

    document: str
    subject: str | None = None
    open: bool = False


_RESOURCE_POLICIES = {
    "AWS::Backup::BackupVault": ResourcePolicy(document="AccessPolicy"),
    "AWS::EC2::VPCEndpoint": ResourcePolicy(document="PolicyDocument", open=True),
    "AWS::ECR::Repository": ResourcePolicy(document="RepositoryPolicyText"),
    "AWS::EFS::FileSystem": ResourcePolicy(document="FileSystemPolicy", open=True),
    "AWS::KMS::Key": ResourcePolicy(document="KeyPolicy"),
    "AWS::S3::BucketPolicy": ResourcePolicy(document="PolicyDocument", subject="Bucket"),
    "AWS::SNS::TopicPolicy": ResourcePolicy(document="PolicyDocument", subject="Topics"),
    "AWS::SQS::QueuePolicy": ResourcePolicy(document="PolicyDocument", subject="Queues"),
    "AWS::SecretsManager::ResourcePolicy": ResourcePolicy(
        document="ResourcePolicy", subject="SecretId"
    ),
}
_IDENTITIES = {"AWS::IAM::Role": "role", "AWS::IAM::User": "user", "AWS::IAM::Group": "group"}
_ATTACHED_TO = {"Roles": "role", "Users": "user", "Groups": "group"}


def granted(resources: Mapping[str, Resource]) -> set[Grant]:
    """Everything that the resources of a stack allow or deny."""
    return {
        grant
        for logical_id, resource in resources.items()
        for grant in _granted(logical_id, resource["Type"], resource.get("Properties", {}))
    }


def boundaries(resources: Mapping[str, Resource]) -> dict[str, str | None]:
    """The permissions boundary of each identity, by its name in reports."""
    return {
        f"{_IDENTITIES[resource['Type']]} {logical_id}": named(boundary) if boundary else None
        for logical_id, resource in resources.items()
        if resource["Type"] in _IDENTITIES
        for boundary in [resource.get("Properties", {}).get("PermissionsBoundary")]
    }


def _granted(logical_id: str, kind: str, properties: Mapping[str, Any]) -> Iterator[Grant]:
    if kind in _IDENTITIES:
        yield from _identity(f"{_IDENTITIES[kind]} {logical_id}", properties)
    elif kind in _RESOURCE_POLICIES:
        yield from _resource_policy(logical_id, _RESOURCE_POLICIES[kind], properties)
    match kind:
        case "AWS::IAM::Policy":
            for holder in _attached(properties):
                yield from grants(holder, properties.get("PolicyDocument", {}), identity=True)
        case "AWS::IAM::ManagedPolicy":
            document = properties.get("PolicyDocument", {})
            yield from grants(f"managed policy {logical_id}", document, identity=True)
            for holder in _attached(properties):
                yield _managed(holder, logical_id)
        case "AWS::EKS::AccessEntry":
            yield from _access_entry(properties)
        case "AWS::EKS::PodIdentityAssociation":
            where = named(properties.get("ClusterName"))
            account = (
                f"{named(properties.get('Namespace'))}/{named(properties.get('ServiceAccount'))}"
            )
            yield Grant(
                holder=f"trust of role {named(properties.get('RoleArn'))}",
                effect=ALLOW,
                principal=f"pods of service account {account} in cluster {where}",
                action="sts:AssumeRole",
                resource="",
            )
        case "AWS::Lambda::Permission":
            limits = ("SourceArn", "SourceAccount", "PrincipalOrgID")
            yield Grant(
                holder=f"policy of {named(properties.get('FunctionName'))}",
                effect=ALLOW,
                principal=named(properties.get("Principal")),
                action=named(properties.get("Action")),
                resource="",
                condition=tuple(
                    ("is", key, (named(properties[key]),)) for key in limits if key in properties
                ),
            )


def _identity(holder: str, properties: Mapping[str, Any]) -> Iterator[Grant]:
    if trust := properties.get("AssumeRolePolicyDocument"):
        yield from grants(f"trust of {holder}", _parsed(trust))
    for policy in _listed(properties.get("Policies")):
        document = policy.get("PolicyDocument", policy) if isinstance(policy, dict) else policy
        yield from grants(holder, _parsed(document), identity=True)
    for policy in _listed(properties.get("ManagedPolicyArns")):
        yield _managed(holder, named(policy))


def _managed(holder: str, policy: str) -> Grant:
    return Grant(
        holder=holder,
        effect=ALLOW,
        principal="",
        action=f"do what {policy} allows",
        resource="",
    )


def _resource_policy(
    logical_id: str, policy: ResourcePolicy, properties: Mapping[str, Any]
) -> Iterator[Grant]:
    subjects = _listed(properties.get(policy.subject)) if policy.subject else [{"Ref": logical_id}]
    for subject in subjects:
        holder = f"policy of {named(subject)}"
        if document := properties.get(policy.document):
            yield from grants(holder, _parsed(document))
        elif policy.open:
            yield Grant(
                holder=holder,
                effect=ALLOW,
                principal=EVERYTHING,
                action=EVERYTHING,
                resource=EVERYTHING,
            )


def _access_entry(properties: Mapping[str, Any]) -> Iterator[Grant]:
    def given(action: str, resource: str = "") -> Grant:
        return Grant(
            holder=f"cluster {named(properties.get('ClusterName'))}",
            effect=ALLOW,
            principal=named(properties.get("PrincipalArn")),
            action=action,
            resource=resource,
        )

    if (kind := properties.get("Type", "STANDARD")) != "STANDARD":
        yield given(f"join as {named(kind)}")
    for group in _listed(properties.get("KubernetesGroups")):
        yield given(f"do what Kubernetes group {named(group)} may")
    for policy in _listed(properties.get("AccessPolicies")):
        match policy:
            case {"PolicyArn": arn, "AccessScope": {"Type": "namespace", "Namespaces": spaces}}:
                for space in _listed(spaces):
                    yield given(f"do what {named(arn)} allows", f"namespace {named(space)}")
            case {"PolicyArn": arn}:
                yield given(f"do what {named(arn)} allows", EVERYTHING)
            case _:
                yield given(f"do whatever {canonical(policy)} says")


def _attached(properties: Mapping[str, Any]) -> Iterator[str]:
    for key, kind in _ATTACHED_TO.items():
        for target in _listed(properties.get(key)):
            yield f"{kind} {named(target)}"


def _listed(value: Any) -> list[Any]:
    """A list as it is, nothing as an empty one; branches of a condition count as if all were."""
    match value:
        case None | {"Ref": "AWS::NoValue"}:
            return []
        case [*items]:
            return [one for item in items for one in _listed(item)]
        case {"Fn::If": [_, *branches]}:
            return _listed(branches)
    return [value]


def _parsed(document: Any) -> Any:
    """Some types take the document as JSON text too."""
    if isinstance(document, str):
        try:
            return json.loads(document)
        except ValueError:
            return document
    return document
