"""A key of ours that only the services it was made for can use."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

# Everything but using the key: not even an administrator decrypts with it by hand. CreateGrant is
# left out on purpose, since whoever makes a grant can use the key.
_ADMINISTER = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:Describe*",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:Get*",
    "kms:List*",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
]
_USE = [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
    "kms:RetireGrant",
]


class EncryptionKey(Construct):
    """A customer-managed key with yearly rotation and a policy of its own.

    The account's root, and so any IAM policy, may administer the key. Using it takes an IAM
    permission as well, and goes only through the services named here.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        description: What the key protects.
        removal_policy: What happens to the key when the construct goes.
        via: Services that use the key for a caller, such as ``s3``. Default: callers use it
            directly, as EKS does in the name of its role.
        any_caller: Whether those services may use it for every caller of the account. A service
            of AWS that acts by its own role, as Auto Scaling does when it launches a machine, has
            no IAM policy that we could write.
        log_groups: Whether CloudWatch Logs encrypts the account's log groups with it.

    Attributes:
        key: For constructs that encrypt.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        description: str,
        removal_policy: cdk.RemovalPolicy,
        via: Sequence[str] = (),
        any_caller: bool = False,
        log_groups: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        root = iam.AccountRootPrincipal()
        services = [f"{service}.{stack.region}.amazonaws.com" for service in via]

        statements = [
            iam.PolicyStatement(
                sid="Administer", principals=[root], actions=_ADMINISTER, resources=["*"]
            )
        ]
        if log_groups:
            statements.append(
                iam.PolicyStatement(
                    sid="EncryptLogGroups",
                    principals=[iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com")],
                    actions=[action for action in _USE if not action.endswith("Grant")],
                    resources=["*"],
                    conditions={
                        "ArnLike": {
                            "kms:EncryptionContext:aws:logs:arn": stack.format_arn(
                                service="logs",
                                resource="log-group",
                                resource_name="*",
                                arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
                            )
                        }
                    },
                )
            )
        else:
            conditions = {"kms:ViaService": services} if services else {}
            if any_caller:
                conditions["kms:CallerAccount"] = [stack.account]
            statements.append(
                iam.PolicyStatement(
                    sid="Use",
                    principals=[iam.AnyPrincipal() if any_caller else root],
                    actions=_USE,
                    resources=["*"],
                    conditions={"StringEquals": conditions} if conditions else None,
                )
            )
        self.key = kms.Key(
            self,
            "Resource",
            description=description,
            enable_key_rotation=True,
            policy=iam.PolicyDocument(statements=statements),
            removal_policy=removal_policy,
        )
