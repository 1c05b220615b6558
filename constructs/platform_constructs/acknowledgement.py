"""Findings of the scanners that are meant to be so, each with its reason beside the resource."""

from typing import Any

import aws_cdk as cdk
from constructs import IConstruct


def acknowledge(scope: IConstruct, reason: str, *findings: str) -> None:
    """Take ``findings`` of ``scope`` and what is below it for what they are.

    Args:
        scope: The construct; as small as it can be.
        reason: Why it is right here.
        findings: Exact ids, such as ``AwsSolutions-IAM5[Resource::*]``; another wildcard of the
            same construct stays a finding.
    """
    cdk.Validations.of(scope).acknowledge(
        *(cdk.Acknowledgment(id=finding, reason=reason) for finding in findings)
    )


def managed_policies(*names: str) -> tuple[str, ...]:
    """The findings that a policy is one of AWS' own."""
    prefix = "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/"
    return tuple(f"{prefix}{name}]" for name in names)


def wildcard_resource(scope: IConstruct, resource: str) -> str:
    """The finding that a statement has ``resource``, which contains ``*`` and may contain tokens.

    cdk-nag writes a reference as ``<LogicalId>`` and an attribute as ``<LogicalId.Name>``.
    """
    return f"AwsSolutions-IAM5[Resource::{_flat(cdk.Stack.of(scope).resolve(resource))}]"


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return value
    match value:
        case {"Ref": name}:
            return f"<{name}>"
        case {"Fn::GetAtt": [name, attribute]}:
            return f"<{name}.{attribute}>"
        case {"Fn::ImportValue": export}:
            return f"<{_flat(export)}>"
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(_flat(part) for part in parts)
    raise ValueError(f"cannot name the resource {value}: give it as a string or a reference")
