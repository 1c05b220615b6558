"""Whether AWS counts costs by the tags that the budget is about."""

from collections.abc import Iterator

from config import BudgetSettings
from config.naming import tags
from operations.aws.account import Account
from operations.aws.unanswered import UnansweredError
from operations.finding import Finding, ok, skip, warn

TITLE = "cost tags"

# Cost Explorer is there only, for all regions.
_REGION = "us-east-1"
_BLIND = "the budget counts no cost of the environment, and never tells anybody"


def check_cost_tags(
    account: Account, environment: str, budget: BudgetSettings | None, *, file: str
) -> Iterator[Finding]:
    """Are the environment's tags activated as cost allocation tags?"""
    if budget is None:
        yield skip(TITLE, f"{file} has no [budget]")
        return
    keys = sorted(tags(environment))
    activate = account.aws(
        "ce update-cost-allocation-tags-status --cost-allocation-tags-status "
        + " ".join(f"TagKey={key},Status=Active" for key in keys)
    )
    try:
        answer = account.ask("ce", "list_cost_allocation_tags", region=_REGION, TagKeys=keys)
    except UnansweredError as error:
        # In an organization only the management account knows, and that is no mistake here.
        if "linked account" not in error.told.lower():
            raise
        yield warn(
            TITLE,
            "this account belongs to an organization, whose management account activates them",
            f"{_BLIND} until then",
            f"with credentials of the management account: {activate}",
        )
        return
    active = {one["TagKey"] for one in answer["CostAllocationTags"] if one["Status"] == "Active"}
    if idle := [key for key in keys if key not in active]:
        yield warn(
            TITLE,
            f"not activated: {', '.join(idle)}",
            f"{_BLIND}; AWS knows a tag a day after something carries it",
            activate,
        )
    else:
        yield ok(TITLE, f"{' and '.join(keys)} are activated")
