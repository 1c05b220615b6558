"""How much data a thing holds, where that is cheap to ask."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from operations.aws.account import Account
from operations.aws.unanswered import UnansweredError
from operations.teardown.kinds import BUCKET, FILE_SYSTEM, LOG_GROUP, REPOSITORY, VAULT

GIB = 2**30
_LISTED_OBJECTS = 10_000
_GONE = {
    "FileSystemNotFound",
    "NoSuchBucket",
    "RepositoryNotFoundException",
    "ResourceNotFoundException",
}


def size_gib(account: Account, type: str, id: str) -> float | None:
    """The size of what is called ``id``; ``None`` when it has none, or is not there."""
    if type not in _MEASURES:
        return None
    try:
        size = _MEASURES[type](account, id)
    except UnansweredError as error:
        if error.code in _GONE:
            return None
        raise
    return None if size is None else size / GIB


def bucket_bytes(account: Account, name: str) -> int | None:
    """What a bucket holds, all versions: CloudWatch counts once a day.

    A bucket that was not counted yet is listed, up to a limit.
    """
    now = datetime.now(UTC)
    counted = account.ask(
        "cloudwatch",
        "get_metric_statistics",
        Namespace="AWS/S3",
        MetricName="BucketSizeBytes",
        Dimensions=[
            {"Name": "BucketName", "Value": name},
            {"Name": "StorageType", "Value": "StandardStorage"},
        ],
        StartTime=now - timedelta(days=3),
        EndTime=now,
        Period=86_400,
        Statistics=["Average"],
    )["Datapoints"]
    if counted:
        return int(max(counted, key=lambda point: point["Timestamp"])["Average"])
    total = 0
    for number, version in enumerate(
        account.ask_all("s3", "list_object_versions", "Versions", Bucket=name)
    ):
        if number >= _LISTED_OBJECTS:
            return None
        total += version["Size"]
    return total


def repository_bytes(account: Account, name: str) -> int:
    """What the images of a repository take; layers that they share are counted for each."""
    images = account.ask_all("ecr", "describe_images", "imageDetails", repositoryName=name)
    return sum(image.get("imageSizeInBytes", 0) for image in images)


def recovery_point_bytes(account: Account, vault: str) -> int:
    """What the recovery points of a vault take."""
    points = account.ask_all(
        "backup", "list_recovery_points_by_backup_vault", "RecoveryPoints", BackupVaultName=vault
    )
    return sum(point.get("BackupSizeInBytes") or 0 for point in points)


def _file_system_bytes(account: Account, id: str) -> int | None:
    found = account.ask("efs", "describe_file_systems", FileSystemId=id)["FileSystems"]
    return int(found[0]["SizeInBytes"]["Value"]) if found else None


def _log_group_bytes(account: Account, name: str) -> int | None:
    groups = account.ask_all("logs", "describe_log_groups", "logGroups", logGroupNamePrefix=name)
    return next((one.get("storedBytes", 0) for one in groups if one["logGroupName"] == name), None)


_MEASURES: dict[str, Callable[[Account, str], int | None]] = {
    BUCKET: bucket_bytes,
    FILE_SYSTEM: _file_system_bytes,
    REPOSITORY: repository_bytes,
    VAULT: recovery_point_bytes,
    LOG_GROUP: _log_group_bytes,
}
