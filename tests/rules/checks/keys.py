"""Encryption keys, and the secrets that they protect."""

from collections.abc import Iterator

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


def _of_keys(deployment: Deployment) -> Iterator[Statement]:
    for statement in resource_policies(deployment):
        if statement.holder.type == "AWS::KMS::Key":
            yield statement


def _uses(statement: Statement) -> bool:
    return any(statement.covers(action) for action in _USING)


RULES = (keys_rotate, keys_work_through_their_services_only, administrators_use_no_key)
