"""Who on AWS is who on the cluster."""

from collections.abc import Mapping

from aws_cdk import aws_eks as eks_native
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct


class GroupAccess(Construct):
    """Access entries that make roles members of Kubernetes groups; RBAC says what those may do.

    ``eks.AccessEntry`` knows AWS' own policies only, so these are the CloudFormation resources.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        cluster: The cluster.
        members: Role to the group it is in, by the id of the entry.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: eks.ICluster,
        members: Mapping[str, tuple[iam.IRole, str]],
    ) -> None:
        super().__init__(scope, construct_id)
        for entry, (role, group) in members.items():
            eks_native.CfnAccessEntry(
                self,
                entry,
                cluster_name=cluster.cluster_name,
                principal_arn=role.role_arn,
                kubernetes_groups=[group],
            )
