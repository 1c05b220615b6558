"""Whether somebody filled the secrets that nobody can generate; their values are never read."""

from collections.abc import Iterator, Sequence

from config.naming import secret_name, stack_name
from operations.aws.account import Account
from operations.finding import Finding, fail, ok, skip, warn

TITLE = "secrets"


def check_secrets(account: Account, environment: str, secrets: Sequence[str]) -> Iterator[Finding]:
    """Has each secret a value?"""
    absent = []
    for secret in secrets:
        name = secret_name(environment, secret)
        found = account.find(
            "secretsmanager",
            "describe_secret",
            absent=("ResourceNotFoundException",),
            SecretId=name,
        )
        if found is None:
            absent.append(name)
        elif found.get("DeletedDate"):
            yield fail(
                TITLE,
                f"{name} is being deleted",
                "what reads it gets nothing, and a new one of that name cannot be made",
                account.aws(f"secretsmanager restore-secret --secret-id {name}"),
            )
        elif any("AWSCURRENT" in st for st in found.get("VersionIdsToStages", {}).values()):
            yield ok(TITLE, f"{name} has a value")
        else:
            yield warn(
                TITLE,
                f"{name} has no value yet",
                "what reads it waits for one; type it, then Ctrl-D",
                account.aws(
                    f"secretsmanager put-secret-value --secret-id {name} "
                    "--secret-string file:///dev/stdin"
                ),
            )
    if absent:
        yield skip(
            TITLE,
            f"not made yet: {', '.join(absent)}",
            f"they come with the stack {stack_name(environment, 'security')}; fill them then",
        )
