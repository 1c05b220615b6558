"""Encryption keys, and the secrets that they protect."""

from collections.abc import Iterator
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tests.rules.deployment import Deployment
from tests.rules.statements import Statement, resource_policies

_USING = (
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateMac",
    "kms:ReEncryptFrom",
    "kms:Sign",
)

# Where a resource names its key, of those whose handlers tell which actions on keys they call.
_KEY_OF: dict[str, tuple[str | int, ...]] = {
    "AWS::Backup::BackupVault": ("EncryptionKeyArn",),
    "AWS::ECR::Repository": ("EncryptionConfiguration", "KmsKey"),
    "AWS::EFS::FileSystem": ("KmsKeyId",),
    "AWS::EKS::Cluster": ("EncryptionConfig", 0, "Provider", "KeyArn"),
}


def keys_rotate(deployment: Deployment) -> Iterator[str]:
    """Every year, by themselves."""
    for key in deployment.resources("AWS::KMS::Key"):
        if key.properties.get("EnableKeyRotation") is not True:
            yield f"{key} does not rotate"


def keys_work_through_their_services_only(deployment: Deployment) -> Iterator[str]:
    """Who may use a key does so through S3, EFS and so on; logs and EKS have ways of their own."""
    clusters = {
        str(deployment.origin(cluster.stack, provider["Provider"]["KeyArn"]))
        for cluster in deployment.resources("AWS::EKS::Cluster")
        for provider in cluster.properties.get("EncryptionConfig", ())
    }
    for statement in _of_keys(deployment):
        if not statement.allows or not _uses(statement):
            continue
        logs = [who for kind, who in statement.principals if kind == "Service"]
        context = statement.conditions.get("ArnLike", {})
        by_logs = (
            logs == [f"logs.{deployment.settings.region}.amazonaws.com"]
            and "kms:EncryptionContext:aws:logs:arn" in context
        )
        # CDK's pipeline reads what it deploys by the role of `cdk bootstrap`.
        by_cdk = [who for _, who in statement.principals if "role/cdk-" not in who] == []
        by_cluster = str(statement.holder) in clusters and ("AWS", "*") not in statement.principals
        if not (statement.demanded("kms:ViaService") or by_logs or by_cluster or by_cdk):
            yield f"{statement.holder} is used by {statement.principals} through nothing"


def administrators_use_no_key(deployment: Deployment) -> Iterator[str]:
    """Who may change a key's policy cannot decrypt with the same statement, nor by a grant."""
    for statement in _of_keys(deployment):
        if statement.allows and statement.covers("kms:PutKeyPolicy") and _uses(statement):
            yield f"{statement.holder}: administrators may use it"


def keys_let_cloudformation_do_what_it_needs(deployment: Deployment) -> Iterator[str]:
    """A key's policy is the last word: what it leaves out, no policy of a role can give."""
    for kind, path in _KEY_OF.items():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(
            deployment.settings.region, kind
        ).schema
        needed = {
            action
            for handler in schema["handlers"].values()
            for action in handler["permissions"]
            if action.startswith("kms:")
        }
        for resource in deployment.resources(kind):
            value: Any = resource.properties
            for step in path:
                value = value[step]
            key = deployment.origin(resource.stack, value)
            own = [one for one in _of_keys(deployment) if one.allows and one.holder == key]
            for action in sorted(needed):
                if not any(statement.covers(action) for statement in own):
                    yield f"{resource} needs {action}, which the policy of {key} leaves out"


def _of_keys(deployment: Deployment) -> Iterator[Statement]:
    for statement in resource_policies(deployment):
        if statement.holder.type == "AWS::KMS::Key":
            yield statement


def _uses(statement: Statement) -> bool:
    return any(statement.covers(action) for action in _USING)


RULES = (
    keys_rotate,
    keys_work_through_their_services_only,
    administrators_use_no_key,
    keys_let_cloudformation_do_what_it_needs,
)
