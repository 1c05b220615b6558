"""The stacks of an environment as CloudFormation knows them, in the order they are deleted."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from config import naming
from operations.aws.account import Account
from operations.aws.unanswered import UnansweredError
from operations.teardown.target import Target

_RETAINING = {"Retain", "RetainExceptOnCreate"}


@dataclass(frozen=True, kw_only=True)
class StackResource:
    """One resource of a deployed stack.

    Attributes:
        logical_id: Its name in the template.
        type: Such as ``AWS::S3::Bucket``.
        physical_id: Its name in AWS.
        retained: Whether the template keeps it when the stack is deleted.
        properties: As the template has them, references unresolved.
    """

    logical_id: str
    type: str
    physical_id: str
    retained: bool
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class DeployedStack:
    """A stack that exists.

    Attributes:
        noun: What it is about: ``network``.
        name: Its name.
        id: Its ARN, which still answers when the name no longer does.
        status: Such as ``CREATE_COMPLETE``.
        protected: Whether termination protection is on.
        resources: What is in it.
    """

    noun: str
    name: str
    id: str
    status: str
    protected: bool
    resources: tuple[StackResource, ...]

    @property
    def busy(self) -> bool:
        """Whether something other than a deletion is going on."""
        return self.status.endswith("_IN_PROGRESS") and self.status not in {
            "DELETE_IN_PROGRESS",
            "REVIEW_IN_PROGRESS",  # a change set that nobody executed: nothing happens
        }

    @property
    def charts(self) -> tuple[str, ...]:
        """Helm charts that it installed, operators among them."""
        return tuple(
            str(chart) if isinstance(chart := one.properties.get("Chart"), str) else one.logical_id
            for one in self.resources
            if one.type == "Custom::AWSCDK-EKS-HelmChart"
        )


def deployed_stacks(account: Account, target: Target) -> tuple[DeployedStack, ...]:
    """The stacks that exist, in the order in which they have to go."""
    found = (_deployed(account, target, noun) for noun in target.deletion_order)
    return tuple(stack for stack in found if stack)


def describe(account: Account, name_or_id: str) -> dict[str, Any] | None:
    """What CloudFormation says of a stack; ``None`` when there is none of that name."""
    try:
        answer = account.ask("cloudformation", "describe_stacks", StackName=name_or_id)
    except UnansweredError as error:
        if error.code == "ValidationError" and "does not exist" in error.told:
            return None
        raise
    stacks: list[dict[str, Any]] = answer["Stacks"]
    return stacks[0] if stacks else None


def kept_ids(account: Account, target: Target) -> frozenset[str]:
    """Physical ids that deleted stacks left behind because their templates said so.

    CloudFormation remembers a deleted stack for 90 days; nothing is written down here.
    """
    names = {naming.stack_name(target.environment, noun) for noun in target.deletion_order}
    deleted = account.ask_all(
        "cloudformation",
        "list_stacks",
        "StackSummaries",
        StackStatusFilter=["DELETE_COMPLETE"],
    )
    return frozenset(
        resource["PhysicalResourceId"]
        for stack in deleted
        if stack["StackName"] in names
        for resource in _listed(account, stack["StackId"])
        if resource["ResourceStatus"] == "DELETE_SKIPPED" and resource.get("PhysicalResourceId")
    )


def _deployed(account: Account, target: Target, noun: str) -> DeployedStack | None:
    name = naming.stack_name(target.environment, noun)
    told = describe(account, name)
    if told is None or told["StackStatus"] == "DELETE_COMPLETE":
        return None
    template = _template(account, told["StackId"])
    return DeployedStack(
        noun=noun,
        name=name,
        id=told["StackId"],
        status=told["StackStatus"],
        protected=bool(told.get("EnableTerminationProtection")),
        resources=tuple(
            StackResource(
                logical_id=one["LogicalResourceId"],
                type=one["ResourceType"],
                physical_id=one.get("PhysicalResourceId", ""),
                retained=declared.get("DeletionPolicy") in _RETAINING,
                properties=declared.get("Properties") or {},
            )
            for one in _listed(account, told["StackId"])
            if one["ResourceStatus"] != "DELETE_COMPLETE"
            for declared in [template.get(one["LogicalResourceId"], {})]
        ),
    )


def _listed(account: Account, stack_id: str) -> Iterator[dict[str, Any]]:
    return account.ask_all(
        "cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack_id
    )


def _template(account: Account, stack_id: str) -> Mapping[str, Any]:
    """The resources of the deployed template; the CDK CLI sends JSON, others may send YAML."""
    body = account.ask("cloudformation", "get_template", StackName=stack_id)["TemplateBody"]
    if isinstance(body, str):
        body = yaml.load(body, Loader=_TemplateLoader)
    resources: Mapping[str, Any] = (body or {}).get("Resources") or {}
    return resources


class _TemplateLoader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms, such as ``!Ref Bucket``."""


def _short_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix == "Ref" else f"Fn::{suffix}": value}


_TemplateLoader.add_multi_constructor("!", _short_form)
