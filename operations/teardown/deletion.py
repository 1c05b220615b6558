"""Deleting one stack: asks CloudFormation, waits, and tells why it did not work."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from operations.aws.account import Account
from operations.errors import OperationError
from operations.teardown.patience import Patience, Progress
from operations.teardown.stacks import DeployedStack, describe

_STACK = "AWS::CloudFormation::Stack"
_IN_USE = (
    "something still uses it, most often a network interface or a load balancer that Kubernetes "
    "made: `tritonctl teardown --leftovers` lists them"
)
# What to do about a resource that did not go, by its type.
_ADVICE = {
    "AWS::EC2::Subnet": _IN_USE,
    "AWS::EC2::SecurityGroup": _IN_USE,
    "AWS::EC2::VPC": _IN_USE,
    "AWS::EC2::InternetGateway": _IN_USE,
    "AWS::EC2::VPCGatewayAttachment": _IN_USE,
    "AWS::S3::Bucket": "empty it in the S3 console, all versions (docs/teardown.md)",
    "AWS::ECR::Repository": "delete its images, or the repository with --force",
    "AWS::Backup::BackupVault": "delete its recovery points first (docs/teardown.md)",
    "AWS::EKS::Nodegroup": "look at the group's health issues in the EKS console",
    "AWS::EKS::Cluster": "switch its deletion protection off, and delete its node groups first",
}


class StackStuckError(OperationError):
    """A stack did not go; the message names the resources and the reasons."""


@dataclass(frozen=True, kw_only=True)
class FailedResource:
    """A resource that CloudFormation could not delete."""

    logical_id: str
    type: str
    physical_id: str
    reason: str


def delete_stack(
    account: Account,
    stack: DeployedStack,
    *,
    patience: Patience,
    progress: Progress,
) -> None:
    """Delete a stack and wait until it is gone. A deletion that already runs is only awaited.

    Raises:
        StackStuckError: CloudFormation could not delete a resource, or it takes too long.
    """
    if stack.status != "DELETE_IN_PROGRESS":
        account.ask("cloudformation", "delete_stack", StackName=stack.id)

    def status() -> str:
        # By its id: a name stops answering the moment that the stack is gone.
        told = describe(account, stack.id)
        return str(told["StackStatus"]) if told else "DELETE_COMPLETE"

    def undecided() -> list[str]:
        now = status()
        return [] if now in {"DELETE_COMPLETE", "DELETE_FAILED"} else [now]

    def tell(left: object, seconds: int) -> None:
        progress.waiting(f"stack {stack.noun}: {seconds} s, last: {_last_event(account, stack)}")

    if left := patience.wait(patience.stack_seconds, undecided, tell):
        raise StackStuckError(
            f"stack {stack.name} is {left[0]} after {patience.stack_seconds:.0f} s: "
            f"CloudFormation goes on by itself; last: {_last_event(account, stack)}. "
            "Run the same command again to wait on"
        )
    if status() == "DELETE_FAILED":
        raise StackStuckError(_explained(stack, failures(account, stack)))


def failures(account: Account, stack: DeployedStack) -> tuple[FailedResource, ...]:
    """What the newest attempt could not delete."""
    found: dict[str, FailedResource] = {}
    for event in _events(account, stack):
        if event["ResourceStatus"] == "DELETE_FAILED":
            found.setdefault(
                event["LogicalResourceId"],
                FailedResource(
                    logical_id=event["LogicalResourceId"],
                    type=event["ResourceType"],
                    physical_id=event.get("PhysicalResourceId", ""),
                    reason=event.get("ResourceStatusReason", "no reason was given"),
                ),
            )
        elif event["ResourceType"] == _STACK and event["ResourceStatus"] == "DELETE_IN_PROGRESS":
            break  # before this it was an earlier attempt
    # The stack's own line only repeats the names of the others.
    resources = [one for one in found.values() if one.type != _STACK]
    return tuple(resources or found.values())


def _explained(stack: DeployedStack, failed: tuple[FailedResource, ...]) -> str:
    lines = [f"stack {stack.name} could not be deleted:"]
    for one in failed:
        lines.append(f"  {one.logical_id} ({one.type} {one.physical_id}): {one.reason}")
        if one.type in _ADVICE:
            lines.append(f"    → {_ADVICE[one.type]}")
    lines.append(
        "Remove the reasons, then run the same command again: it goes on with this stack. "
        "Stacks that come after it were not touched."
    )
    return "\n".join(lines)


def _events(account: Account, stack: DeployedStack) -> Iterator[dict[str, Any]]:
    """Newest first."""
    return account.ask_all(
        "cloudformation", "describe_stack_events", "StackEvents", StackName=stack.id
    )


def _last_event(account: Account, stack: DeployedStack) -> str:
    event = next(_events(account, stack), None)
    if event is None:
        return "no event yet"
    return f"{event['LogicalResourceId']} {event['ResourceStatus']}"
