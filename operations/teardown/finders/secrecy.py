"""Keys and secrets: AWS deletes both only after a delay, and a name is taken until then."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from config import naming
from operations.teardown.account import Account, error_code, tags_of
from operations.teardown.finders.found import Found
from operations.teardown.kinds import KEY, SECRET
from operations.teardown.target import Target

# The longest that a deleted secret can be recovered.
_RECOVERY_DAYS = 30


def keys(account: Account, target: Target) -> Iterator[Found]:
    """Customer managed keys; one whose deletion is pending has the day."""
    from botocore.exceptions import ClientError

    kms = account.client("kms")
    for item in account.items("kms", "list_keys", "Keys"):
        try:
            told = kms.describe_key(KeyId=item["KeyId"])["KeyMetadata"]
            if told["KeyManager"] != "CUSTOMER":
                continue
            tags = {
                tag["TagKey"]: tag["TagValue"]
                for tag in account.items("kms", "list_resource_tags", "Tags", KeyId=item["KeyId"])
            }
        except ClientError as error:
            if error_code(error) == "AccessDeniedException":
                continue  # a key of others, whose policy keeps us out
            raise
        if target.owns(tags):
            pending = told.get("DeletionDate")
            yield Found(
                type=KEY,
                id=told["KeyId"],
                detail=told.get("Description", ""),
                aliases=(told["Arn"],),
                goes_on=pending.date() if pending else None,
            )


def secrets(account: Account, target: Target) -> Iterator[Found]:
    """Secrets of the environment, also those that are scheduled for deletion."""
    prefix = naming.secret_name(target.environment, "")
    for item in account.items(
        "secretsmanager", "list_secrets", "SecretList", IncludePlannedDeletion=True
    ):
        if item["Name"].startswith(prefix) or target.owns(tags_of(item)):
            asked = item.get("DeletedDate")
            yield Found(
                type=SECRET,
                id=item["ARN"],
                detail=item["Name"],
                aliases=(item["Name"],),
                goes_on=_last_day(asked) if asked else None,
            )


def _last_day(deleted: datetime) -> date:
    """AWS gives the day of the deletion, or the one on which it was asked for."""
    if deleted > datetime.now(UTC):
        return deleted.date()
    return (deleted + timedelta(days=_RECOVERY_DAYS)).date()
