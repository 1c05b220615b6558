"""The AWS identity of one workload in the cluster."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct


class WorkloadRole(Construct):
    """A role that only pods of named service accounts in one namespace can take (IRSA).

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        cluster: Whose identity provider is trusted.
        namespace: Of the service accounts.
        service_accounts: Exact names. They need the annotation
            ``eks.amazonaws.com/role-arn``; a managed add-on writes it.

    Attributes:
        role: Grant it something.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: eks.ICluster,
        namespace: str,
        service_accounts: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        provider = cluster.open_id_connect_provider
        issuer = provider.open_id_connect_provider_issuer
        # The key of a condition cannot be a value that is known only at deployment, so a custom
        # resource makes the object.
        exactly = cdk.CfnJson(
            self,
            "Trust",
            value={
                f"{issuer}:aud": "sts.amazonaws.com",
                f"{issuer}:sub": [
                    f"system:serviceaccount:{namespace}:{name}" for name in service_accounts
                ],
            },
        )
        self.role = iam.Role(
            self,
            "Resource",
            description=f"{namespace}/{','.join(service_accounts)}",
            assumed_by=iam.WebIdentityPrincipal(
                provider.open_id_connect_provider_arn, conditions={"StringEquals": exactly}
            ),
        )
