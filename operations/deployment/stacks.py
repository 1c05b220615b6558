"""Whether CloudFormation finished every stack, and did not take the last change back."""

from collections.abc import Iterator

from config.naming import STACKS, stack_name
from operations.aws.account import Account
from operations.checklist import AbsentError
from operations.finding import Finding, fail, ok

TITLE = "stacks"

_FINISHED = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")


def check_stacks(account: Account, environment: str) -> Iterator[Finding]:
    """Is every stack there, finished, and as the last deployment wanted it?

    Raises:
        AbsentError: there is none.
    """
    statuses = {
        name: _status(account, name) for name in (stack_name(environment, noun) for noun in STACKS)
    }
    deploy = f"make deploy ENV={environment}"
    if not any(statuses.values()):
        raise AbsentError(
            fail(
                TITLE,
                f"nothing of {environment} is deployed in {account.region}",
                "there is nothing to look at",
                deploy,
            )
        )
    missing = [name for name, status in statuses.items() if status is None]
    if missing:
        yield fail(
            TITLE, f"there is no {', '.join(missing)}", "the deployment stopped half-way", deploy
        )
    wrong = {
        name: status for name, status in statuses.items() if status and status not in _FINISHED
    }
    for name, status in wrong.items():
        meaning, fix = _explained(account, name, status, deploy)
        yield fail(TITLE, f"{name} is {status}", meaning, *fix)
    if not missing and not wrong:
        yield ok(TITLE, f"all {len(statuses)} are complete")


def _status(account: Account, name: str) -> str | None:
    # By this code CloudFormation says that there is no stack of a name.
    answer = account.find(
        "cloudformation", "describe_stacks", absent=("ValidationError",), StackName=name
    )
    return None if answer is None else str(answer["Stacks"][0]["StackStatus"])


def _explained(
    account: Account, name: str, status: str, deploy: str
) -> tuple[str, tuple[str, ...]]:
    """What a status means, and what to do."""
    events = account.aws(
        f"cloudformation describe-stack-events --stack-name {name} "
        "--query \"StackEvents[?ends_with(ResourceStatus, '_FAILED')]\""
    )
    if status == "REVIEW_IN_PROGRESS":
        return "it was planned, and nobody carried that out", (deploy,)
    if status.endswith("_IN_PROGRESS"):
        return "it is being changed: what is true now may not be so in a minute", (
            "wait, and run this command again",
        )
    if status in {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED"}:
        return "it could not be made; what remains of it has to go before the next attempt", (
            events,
            account.aws(f"cloudformation delete-stack --stack-name {name}"),
            deploy,
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        return "the last change failed, and so did taking it back: it is in between", (
            events,
            account.aws(f"cloudformation continue-update-rollback --stack-name {name}"),
        )
    if status.endswith("ROLLBACK_COMPLETE"):
        return "the last change failed and was taken back: it is as it was before", (
            events,
            deploy,
        )
    return "CloudFormation gave up in the middle", (events, deploy)
