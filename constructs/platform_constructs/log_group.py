"""A log that is encrypted, that ends, and that goes with its stack."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct


class EncryptedLogGroup(Construct):
    """A log group with a key of ours and a number of days.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        key: Encrypts the log; its policy lets CloudWatch Logs use it.
        retention_days: How long an entry is kept.
        removal_policy: What happens to the log when the construct goes.
        name: Where a service writes by a fixed name. Default: made by CloudFormation.

    Attributes:
        group: For whoever writes.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        retention_days: int,
        removal_policy: cdk.RemovalPolicy,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.group = logs.LogGroup(
            self, "Resource", log_group_name=name, encryption_key=key, removal_policy=removal_policy
        )
        # The enumeration of the construct has words for the days that CloudFormation counts.
        cast(logs.CfnLogGroup, self.group.node.default_child).retention_in_days = retention_days
