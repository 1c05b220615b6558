"""The roles that people take to look at the cluster, to operate it, or to mend it."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from config import AccessSettings
from config.naming import cluster_name, role_name


class AccessRoles(Construct):
    """Admin, operator and viewer: on AWS they may only find the cluster.

    What they may do there is Kubernetes' business: access entries of the cluster stack map them
    to groups.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        access: Who may take each role.
        environment: Part of the names that people type.

    Attributes:
        admin: Everything on the cluster.
        operator: What runs in the platform's namespaces.
        viewer: Looks, but sees no secret.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, access: AccessSettings, environment: str
    ) -> None:
        super().__init__(scope, construct_id)
        self.admin = self._role("Admin", access.admins, environment)
        self.operator = self._role("Operator", access.operators, environment)
        self.viewer = self._role("Viewer", access.viewers, environment)

    def _role(self, construct_id: str, principals: Sequence[str], environment: str) -> iam.Role:
        trusted: iam.IPrincipal = iam.AccountRootPrincipal()
        if principals:
            trusted = iam.CompositePrincipal(*(iam.ArnPrincipal(arn) for arn in principals))
        role = iam.Role(
            self,
            construct_id,
            role_name=role_name(environment, construct_id.lower()),
            description=f"{construct_id} of the cluster; see kubectl auth can-i --list",
            assumed_by=trusted,
            max_session_duration=cdk.Duration.hours(4),
        )
        role.add_to_policy(
            iam.PolicyStatement(
                sid="FindTheCluster",
                actions=["eks:DescribeCluster"],
                resources=[
                    cdk.Stack.of(self).format_arn(
                        service="eks", resource="cluster", resource_name=cluster_name(environment)
                    )
                ],
            )
        )
        return role
