"""CloudFormation in memory: moto's wants packages that nothing else here needs."""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from config import naming

_ACCOUNT = "arn:aws:cloudformation:eu-central-1:123456789012:stack"


@dataclass(kw_only=True)
class FakeStack:
    """A stack.

    Attributes:
        name: Its name.
        status: Its status.
        resources: Its template's resources; each ``PhysicalId`` is its id in AWS.
        protected: Termination protection.
        sticks: Reasons why a deletion fails, by logical id.
        events: Newest first.
        steps: The statuses that it is in while it is deleted, one a look.
    """

    name: str
    status: str = "CREATE_COMPLETE"
    resources: dict[str, dict[str, Any]] = field(default_factory=dict)
    protected: bool = False
    sticks: dict[str, str] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """Its ARN."""
        return f"{_ACCOUNT}/{self.name}/1"

    def event(self, logical_id: str, type: str, status: str, reason: str = "") -> None:
        """Something happened."""
        event = {
            "LogicalResourceId": logical_id,
            "PhysicalResourceId": f"{logical_id}-id",
            "ResourceType": type,
            "ResourceStatus": status,
        }
        self.events.insert(0, event | ({"ResourceStatusReason": reason} if reason else {}))


class FakeCloudFormation:
    """The stacks of one region; a deletion takes one look, or fails."""

    def __init__(self) -> None:
        self.stacks: dict[str, FakeStack] = {}
        self.template_text: str | None = None
        self.deletions: list[str] = []

    def deploy(self, noun: str, **changes: Any) -> FakeStack:
        """Deploy a stack of dev."""
        stack = FakeStack(name=naming.stack_name("dev", noun), **changes)
        stack.resources.setdefault(
            "Topic", {"Type": "AWS::SNS::Topic", "PhysicalId": f"{noun}-topic"}
        )
        self.stacks[stack.name] = stack
        return stack

    @property
    def answers(self) -> dict[str, Any]:
        """What it answers, by operation."""
        return {
            "DescribeStacks": self._describe,
            "ListStacks": self._list,
            "ListStackResources": self._resources,
            "GetTemplate": self._template,
            "DescribeStackEvents": lambda given: {"StackEvents": self._find(given).events},
            "DeleteStack": self._delete,
        }

    def _find(self, given: dict[str, Any]) -> FakeStack:
        asked = given["StackName"]
        for stack in self.stacks.values():
            if asked == stack.id or (asked == stack.name and stack.status != "DELETE_COMPLETE"):
                return stack
        error = {"Code": "ValidationError", "Message": f"Stack with id {asked} does not exist"}
        raise ClientError({"Error": error}, "DescribeStacks")

    def _describe(self, given: dict[str, Any]) -> dict[str, Any]:
        stack = self._find(given)
        if stack.steps:
            stack.status = stack.steps.pop(0)
        told = {
            "StackId": stack.id,
            "StackName": stack.name,
            "StackStatus": stack.status,
            "EnableTerminationProtection": stack.protected,
        }
        return {"Stacks": [told]}

    def _list(self, given: dict[str, Any]) -> dict[str, Any]:
        assert given["StackStatusFilter"] == ["DELETE_COMPLETE"]
        gone = [one for one in self.stacks.values() if one.status == "DELETE_COMPLETE"]
        return {"StackSummaries": [{"StackName": one.name, "StackId": one.id} for one in gone]}

    def _resources(self, given: dict[str, Any]) -> dict[str, Any]:
        stack = self._find(given)
        gone = stack.status == "DELETE_COMPLETE"
        left = {"Retain": "DELETE_SKIPPED", "Delete": "DELETE_COMPLETE"}
        return {
            "StackResourceSummaries": [
                {
                    "LogicalResourceId": name,
                    "PhysicalResourceId": one["PhysicalId"],
                    "ResourceType": one["Type"],
                    "ResourceStatus": left[one.get("DeletionPolicy", "Delete")]
                    if gone
                    else "CREATE_COMPLETE",
                }
                for name, one in stack.resources.items()
            ]
        }

    def _template(self, given: dict[str, Any]) -> dict[str, Any]:
        return {"TemplateBody": self.template_text or {"Resources": self._find(given).resources}}

    def _delete(self, given: dict[str, Any]) -> dict[str, Any]:
        stack = self._find(given)
        self.deletions.append(stack.name)
        stack.event(stack.name, "AWS::CloudFormation::Stack", "DELETE_IN_PROGRESS")
        for name, reason in stack.sticks.items():
            stack.event(name, stack.resources[name]["Type"], "DELETE_FAILED", reason)
        if stack.sticks:
            told = f"The following resource(s) failed to delete: [{', '.join(stack.sticks)}]."
            stack.event(stack.name, "AWS::CloudFormation::Stack", "DELETE_FAILED", told)
        last = "DELETE_FAILED" if stack.sticks else "DELETE_COMPLETE"
        stack.steps = ["DELETE_IN_PROGRESS", last]
        return {}
