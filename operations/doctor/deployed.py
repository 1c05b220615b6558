"""Which stacks are deployed beside the environment's own."""

from collections.abc import Iterator

from config.naming import DELIVERY_STACK, PROJECT, STACKS, stack_name
from operations.aws.account import Account
from operations.finding import Finding, ok, warn

TITLE = "other environments"


def check_others(account: Account, environment: str, *, file: str) -> Iterator[Finding]:
    """Does another environment of this project share the account, and the roles that deploy?"""
    named = (_environment(name) for name in stack_names(account))
    others = sorted({name for name in named if name} - {environment})
    if others:
        yield warn(
            TITLE,
            f"{', '.join(others)} deployed in this account and region as well",
            "they share the roles of `cdk bootstrap`: whoever may deploy one may deploy all",
            f"{file}: account, another one: one account an environment (docs/delivery.md)",
        )
    else:
        yield ok(TITLE, "none in this account and region")


def stack_names(account: Account) -> frozenset[str]:
    """The stacks that exist, in whatever state."""
    stacks = account.ask_all("cloudformation", "list_stacks", "StackSummaries")
    return frozenset(one["StackName"] for one in stacks if one["StackStatus"] != "DELETE_COMPLETE")


def _environment(stack: str) -> str | None:
    middle, _, noun = stack.removeprefix(f"{PROJECT}-").rpartition("-")
    ours = noun in {*STACKS, DELIVERY_STACK} and stack == stack_name(middle, noun)
    return middle if ours and middle else None
