"""Log groups: services make them by themselves, and nobody deletes them."""

from collections.abc import Iterator

from operations.aws.account import Account
from operations.teardown.finders.found import Found
from operations.teardown.kinds import LOG_GROUP
from operations.teardown.sizes import GIB
from operations.teardown.target import Target


def log_groups(account: Account, target: Target) -> Iterator[Found]:
    """Those of the cluster, of Container Insights, of the stacks' functions and builds."""
    prefixes = {
        f"/aws/eks/{target.cluster}/": target.cluster,
        f"/aws/containerinsights/{target.cluster}/": target.cluster,
        f"/aws/lambda/{target.prefix}": "",
        f"/aws/codebuild/{target.prefix}": "",
        target.prefix: "",
    }
    for prefix, owner in prefixes.items():
        for item in account.ask_all(
            "logs", "describe_log_groups", "logGroups", logGroupNamePrefix=prefix
        ):
            name = item["logGroupName"]
            days = item.get("retentionInDays")
            yield Found(
                type=LOG_GROUP,
                id=name,
                detail=f"entries go after {days} days" if days else "kept for ever",
                gib=item.get("storedBytes", 0) / GIB,
                # A function writes under its own name, which begins with its stack's.
                owner=owner or name.removeprefix("/aws/lambda/").removeprefix("/aws/codebuild/"),
            )
