"""The managed add-ons, in the order in which a cluster comes to life."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from config import Addon as AddonName
from platform_constructs.acknowledgement import acknowledge, managed_policies
from platform_constructs.addon import Addon
from platform_constructs.model_volume import ModelVolume
from platform_constructs.workload_role import WorkloadRole

# Blocks of 16 addresses instead of single ones, and network policies enforced by the CNI itself.
_CNI_CONFIGURATION = {
    "enableNetworkPolicy": "true",
    "env": {"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"},
}

# What Container Insights writes below /aws/containerinsights/<cluster>/.
INSIGHTS_LOGS = ("application", "dataplane", "host", "performance")


class ClusterAddons(Construct):
    """Network first, then nodes (which the parent makes), then what has pods to place.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        cluster: Where they go.
        versions: Exact versions by name.
        models: Volume that the EFS driver mounts for pods.

    Attributes:
        before_nodes: Without these a node never becomes ready.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: eks.ICluster,
        versions: Mapping[AddonName, str],
        models: ModelVolume,
    ) -> None:
        super().__init__(scope, construct_id)
        self._cluster = cluster
        self._versions = versions
        self._models = models

        self.before_nodes: Sequence[Construct] = [
            self._addon(
                "vpc-cni",
                role=self._role(
                    "vpc-cni", "kube-system", "aws-node", policy="AmazonEKS_CNI_Policy"
                ),
                configuration=_CNI_CONFIGURATION,
            ),
            self._addon("kube-proxy"),
        ]
        volumes = self._role(
            "aws-ebs-csi-driver",
            "kube-system",
            "ebs-csi-controller-sa",
            policy="service-role/AmazonEBSCSIDriverPolicy",
        )
        self._with_pods: list[Construct] = [
            self._addon("coredns"),
            self._addon("metrics-server"),
            self._addon("eks-node-monitoring-agent"),
            self._addon("aws-ebs-csi-driver", role=volumes),
            self._addon("aws-efs-csi-driver", role=self._model_reader()),
        ]

    def observe(self, log_groups: Sequence[IConstruct]) -> None:
        """Add Container Insights, once the logs are there that it would make without an end.

        Call it before ``follow``.
        """
        agent = self._role(
            "amazon-cloudwatch-observability",
            "amazon-cloudwatch",
            "cloudwatch-agent",
            policy="CloudWatchAgentServerPolicy",
        )
        addon = self._addon("amazon-cloudwatch-observability", role=agent)
        addon.node.add_dependency(*log_groups)
        self._with_pods.append(addon)

    def follow(self, nodes: IConstruct) -> None:
        """Make the add-ons with pods wait for ``nodes``: without them they stay degraded."""
        for addon in self._with_pods:
            addon.node.add_dependency(nodes)

    def _addon(
        self,
        name: AddonName,
        *,
        role: iam.IRole | None = None,
        configuration: Mapping[str, Any] | None = None,
    ) -> Addon:
        return Addon(
            self,
            name,
            cluster=self._cluster,
            version=self._versions.get(name),
            role=role,
            configuration=configuration,
        )

    def _role(self, addon: str, namespace: str, *accounts: str, policy: str | None) -> iam.Role:
        role = WorkloadRole(
            self,
            f"{addon}-role",
            cluster=self._cluster,
            namespace=namespace,
            service_accounts=accounts,
        ).role
        if policy:
            role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name(policy))
            acknowledge(
                role,
                f"what AWS says {addon} needs; AWS keeps it current with the add-on",
                *managed_policies(policy),
            )
        return role

    def _model_reader(self) -> iam.Role:
        # Both of the driver's accounts, because the add-on gives one role to both; the one on the
        # nodes mounts. Volumes are made here, not by the driver, so reading is all it may do.
        role = self._role(
            "aws-efs-csi-driver",
            "kube-system",
            "efs-csi-controller-sa",
            "efs-csi-node-sa",
            policy=None,
        )
        self._models.grant_read(role)
        role.add_to_policy(
            iam.PolicyStatement(
                sid="FindMountTargets",
                actions=[
                    "elasticfilesystem:DescribeAccessPoints",
                    "elasticfilesystem:DescribeFileSystems",
                    "elasticfilesystem:DescribeMountTargets",
                ],
                resources=[
                    self._models.file_system.file_system_arn,
                    self._models.access_point.access_point_arn,
                ],
            )
        )
        return role
