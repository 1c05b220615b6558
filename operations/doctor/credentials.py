"""Who asks, and whether that is the account which the environment is meant for."""

from collections.abc import Iterator

from operations.aws.account import Account
from operations.aws.unanswered import UnansweredError
from operations.finding import Finding, fail, ok

TITLE = "credentials"


def check_credentials(account: Account, *, expected: str | None, file: str) -> Iterator[Finding]:
    """Are there credentials, and are they of the right account?

    Args:
        account: The account.
        expected: ``account`` of the settings; ``None``: any.
        file: The settings' file, for the edits that are proposed.
    """
    try:
        identity = account.identity
    except UnansweredError as error:
        # Not raised: without an identity no other question makes sense.
        yield fail(TITLE, str(error), "nothing in the account was checked", *error.fix)
        return
    if expected is None:
        yield ok(
            TITLE,
            f"account {identity.account}, as {identity.arn}",
            f'{file} names no account: account = "{identity.account}" refuses every other',
        )
    elif identity.account == expected:
        yield ok(TITLE, f"account {identity.account}, as {identity.arn}")
    else:
        yield fail(
            TITLE,
            f"they are of account {identity.account}, the environment belongs to {expected}",
            "the deployment would be refused, so nothing else was checked",
            "run this command with --profile NAME, a profile of that account",
            f'{file}: account = "{identity.account}", if this one is meant',
        )
