"""Buckets, file systems, images and backups."""

from collections.abc import Iterator

from config import naming
from operations.aws.account import Account
from operations.aws.tags import tags_of
from operations.teardown.finders.found import Found
from operations.teardown.finders.tagged import tagged_arns
from operations.teardown.kinds import BUCKET, FILE_SYSTEM, RECOVERY_POINT, REPOSITORY, VAULT
from operations.teardown.sizes import GIB, recovery_point_bytes, repository_bytes, size_gib
from operations.teardown.target import Target


def buckets(account: Account, target: Target) -> Iterator[Found]:
    """Buckets whose names CloudFormation made from those of the stacks, and tagged ones."""
    tagged = {
        arn.rpartition(":")[2] for arn in tagged_arns(account, target, "s3") if "/" not in arn
    }
    for item in account.ask("s3", "list_buckets")["Buckets"]:
        if item["Name"] in tagged or item["Name"].startswith(target.prefix):
            size = size_gib(account, BUCKET, item["Name"])
            detail = "empty" if size == 0 else "empty it first, all versions"
            yield Found(type=BUCKET, id=item["Name"], detail=detail, gib=size)


def file_systems(account: Account, target: Target) -> Iterator[Found]:
    """EFS file systems; one with mount targets cannot be deleted."""
    for item in account.ask_all("efs", "describe_file_systems", "FileSystems"):
        if target.owns(tags_of(item)):
            mounts = item.get("NumberOfMountTargets", 0)
            yield Found(
                type=FILE_SYSTEM,
                id=item["FileSystemId"],
                detail=f"{mounts} mount targets, delete them first" if mounts else "",
                gib=item["SizeInBytes"]["Value"] / GIB,
            )


def repositories(account: Account, target: Target) -> Iterator[Found]:
    """Repositories of the environment, with what their images take."""
    prefix = naming.repository_name(target.environment, "")
    for item in account.ask_all("ecr", "describe_repositories", "repositories"):
        if (name := item["repositoryName"]).startswith(prefix):
            yield Found(type=REPOSITORY, id=name, gib=repository_bytes(account, name) / GIB)


def vaults(account: Account, target: Target) -> Iterator[Found]:
    """Backup vaults and each of their recovery points: a vault that has some cannot go."""
    for vault in account.ask_all("backup", "list_backup_vaults", "BackupVaultList"):
        name = vault["BackupVaultName"]
        told = account.find(
            "backup",
            "list_tags",
            # The vaults of AWS itself have no tags to ask for.
            absent=("ResourceNotFoundException", "InvalidParameterValueException"),
            ResourceArn=vault["BackupVaultArn"],
        )
        if told is None:
            continue
        if not (target.owns(told.get("Tags") or {}) or name.startswith(target.prefix)):
            continue
        points = vault.get("NumberOfRecoveryPoints", 0)
        yield Found(
            type=VAULT,
            id=name,
            detail=f"{points} recovery points, delete them first" if points else "",
            gib=recovery_point_bytes(account, name) / GIB if points else 0,
        )
        if not points:
            continue
        for point in account.ask_all(
            "backup", "list_recovery_points_by_backup_vault", "RecoveryPoints", BackupVaultName=name
        ):
            yield Found(
                type=RECOVERY_POINT,
                id=point["RecoveryPointArn"],
                detail=f"in {name}, of {point.get('ResourceArn', 'something')}",
                container=name,
            )
