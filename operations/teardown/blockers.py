"""What keeps a teardown from working, found before anything is changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from config import Settings
from operations.aws.account import Account
from operations.teardown.cluster import Cluster
from operations.teardown.finders.secrecy import secrets
from operations.teardown.kinds import BUCKET, REPOSITORY, VAULT, removal
from operations.teardown.stacks import DeployedStack, StackResource
from operations.teardown.target import Target

# CDK's custom resources that empty what CloudFormation could not delete.
_EMPTIERS = {"Custom::S3AutoDeleteObjects", "Custom::ECRAutoDeleteImages"}


@dataclass(frozen=True, kw_only=True)
class Blocker:
    """One obstacle.

    Attributes:
        what: What is in the way.
        fix: What to do about it.
        stops: Whether the teardown refuses to begin; else it is only good to know.
    """

    what: str
    fix: str
    stops: bool = True


def find_blockers(
    account: Account,
    target: Target,
    settings: Settings,
    cluster: Cluster | None,
    stacks: tuple[DeployedStack, ...],
) -> Iterator[Blocker]:
    """Everything in AWS and in the settings that would stop half-way."""
    yield from _protections(account, target, settings, cluster, stacks)
    for stack in stacks:
        if stack.busy:
            yield Blocker(
                what=f"stack {stack.name} is {stack.status}",
                fix="wait until that is over: a deletion in the middle leaves things behind",
            )
        for one in stack.resources:
            if not one.retained and one.physical_id:
                yield from _full(account, stack, one)
    for secret in secrets(account, target):
        if secret.goes_on:
            yield Blocker(
                what=f"secret {secret.detail} is scheduled for deletion by {secret.goes_on}",
                fix="its name is taken until then, so a new deployment would fail; sooner: "
                + removal(account, secret.type, secret.id),
                stops=False,
            )


def _protections(
    account: Account,
    target: Target,
    settings: Settings,
    cluster: Cluster | None,
    stacks: tuple[DeployedStack, ...],
) -> Iterator[Blocker]:
    if settings.cluster.deletion_protection:
        yield Blocker(
            what=f"the settings of {target.environment} say cluster.deletion_protection = true",
            fix="write false and deploy that first, so that two people see it",
        )
    if cluster and cluster.protected:
        yield Blocker(
            what=f"EKS protects cluster {cluster.name} from deletion",
            fix=f"deploy with cluster.deletion_protection = false, or: aws eks "
            f"update-cluster-config {account.options} --name {cluster.name} "
            "--no-deletion-protection",
        )
    for stack in stacks:
        if stack.protected:
            yield Blocker(
                what=f"termination protection of stack {stack.name} is on",
                fix=f"aws cloudformation update-termination-protection {account.options} "
                f"--stack-name {stack.name} --no-enable-termination-protection",
            )


def _full(account: Account, stack: DeployedStack, one: StackResource) -> Iterator[Blocker]:
    """A container that CloudFormation is to delete, and cannot as long as something is in it."""
    by_hand = "keep or delete it by hand (docs/teardown.md)"
    if one.type == BUCKET and not _emptied(stack, one) and _has_objects(account, one.physical_id):
        yield Blocker(what=f"bucket {one.physical_id} has objects", fix=f"empty it: {by_hand}")
    if (
        one.type == REPOSITORY
        and not one.properties.get("EmptyOnDelete")
        and not _emptied(stack, one)
        and _listed(account, "ecr", "list_images", "imageIds", repositoryName=one.physical_id)
    ):
        yield Blocker(
            what=f"repository {one.physical_id} has images",
            fix=removal(account, REPOSITORY, one.physical_id),
        )
    if one.type == VAULT and (
        points := _listed(
            account,
            "backup",
            "list_recovery_points_by_backup_vault",
            "RecoveryPoints",
            BackupVaultName=one.physical_id,
        )
    ):
        yield Blocker(
            what=f"backup vault {one.physical_id} has {len(points)} recovery points",
            fix="AWS deletes only an empty vault. To lose these backups: "
            f"{_emptying(account, one.physical_id)}",
        )


def _emptying(account: Account, vault: str) -> str:
    where = f"{account.options} --backup-vault-name {vault}"
    return (
        f"aws backup list-recovery-points-by-backup-vault {where} "
        "--query 'RecoveryPoints[].[RecoveryPointArn]' --output text | xargs -n 1 "
        f"aws backup delete-recovery-point {where} --recovery-point-arn"
    )


def _emptied(stack: DeployedStack, container: StackResource) -> bool:
    reference = {"Ref": container.logical_id}
    return any(
        one.type in _EMPTIERS and reference in one.properties.values() for one in stack.resources
    )


def _has_objects(account: Account, bucket: str) -> bool:
    told = account.find(
        "s3", "list_object_versions", absent=("NoSuchBucket",), Bucket=bucket, MaxKeys=1
    )
    return bool(told and (told.get("Versions") or told.get("DeleteMarkers")))


def _listed(
    account: Account, service: str, operation: str, key: str, **arguments: Any
) -> list[Any]:
    """What is in a container; nothing, when that is gone."""
    gone = ("RepositoryNotFoundException", "ResourceNotFoundException")
    return list(account.ask_all(service, operation, key, absent=gone, **arguments))
