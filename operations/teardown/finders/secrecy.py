"""Keys and secrets: AWS deletes both only after a delay, and a name is taken until then."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from config import naming
from operations.aws.account import Account
from operations.aws.tags import tags_of
from operations.teardown.finders.found import Found
from operations.teardown.kinds import KEY, SECRET
from operations.teardown.target import Target

# The longest that a deleted secret can be recovered.
_RECOVERY_DAYS = 30
# A key of others, whose policy keeps us out.
_NOT_OURS = ("AccessDeniedException",)


def keys(account: Account, target: Target) -> Iterator[Found]:
    """Customer managed keys; one whose deletion is pending has the day."""
    for item in account.ask_all("kms", "list_keys", "Keys"):
        key = item["KeyId"]
        answer = account.find("kms", "describe_key", absent=_NOT_OURS, KeyId=key)
        if answer is None or answer["KeyMetadata"]["KeyManager"] != "CUSTOMER":
            continue
        told = answer["KeyMetadata"]
        tags = account.ask_all("kms", "list_resource_tags", "Tags", absent=_NOT_OURS, KeyId=key)
        if target.owns(tags_of({"Tags": list(tags)})):
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
    for item in account.ask_all(
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
