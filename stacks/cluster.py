"""EKS, its add-ons and its nodes."""

import importlib
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from config import Settings, Versions
from platform_constructs.general_node_pool import GeneralNodePool
from platform_constructs.gpu_node_pool import GpuNodePool
from platform_constructs.model_volume import ModelVolume
from stacks.platform_stack import PlatformStack

_NFS_PORT = 2049


class ClusterStack(PlatformStack):
    """A cluster that can run Triton; deleting it keeps network and models.

    Args:
        scope: The app.
        construct_id: The stack's name.
        settings: The environment.
        versions: Choose the kubectl layer.
        vpc: Network of control plane and nodes.
        models: Volume that the GPU nodes may mount and read.

    Attributes:
        cluster: For stacks that put Kubernetes objects on it.

    Raises:
        ValueError: no installed kubectl layer works with the cluster's version.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Settings,
        versions: Versions,
        vpc: ec2.IVpc,
        models: ModelVolume,
    ) -> None:
        super().__init__(scope, construct_id, settings=settings)
        wanted = settings.cluster
        layer = versions.kubectl_layer_for(wanted.kubernetes)

        # Whoever the account lets assume it; the cluster's creator, a pipeline, is no admin.
        admin = iam.Role(self, "Admin", assumed_by=iam.AccountRootPrincipal())
        cluster = eks.Cluster(
            self,
            "Cluster",
            vpc=vpc,
            vpc_subnets=[ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)],
            version=eks.KubernetesVersion.of(wanted.kubernetes),
            endpoint_access=_endpoint_access(wanted.public_access_cidrs),
            masters_role=admin,
            secrets_encryption_key=kms.Key(
                self,
                "SecretsKey",
                description=f"Kubernetes secrets of triton-platform {settings.name}",
                enable_key_rotation=True,
                removal_policy=self.data_policy,
            ),
            cluster_logging=[
                eks.ClusterLoggingTypes.API,
                eks.ClusterLoggingTypes.AUDIT,
                eks.ClusterLoggingTypes.AUTHENTICATOR,
            ],
            # The default is Auto Mode, which chooses nodes by itself.
            default_capacity_type=eks.DefaultCapacityType.NODEGROUP,
            default_capacity=0,
            # Neither can be changed on a living cluster.
            bootstrap_cluster_creator_admin_permissions=False,
            bootstrap_self_managed_addons=False,
            kubectl_provider_options=eks.KubectlProviderOptions(
                kubectl_layer=self._kubectl_layer(layer)
            ),
        )
        # jsii's Python class lacks a member of the interface; nothing else needs this cast.
        self.cluster = cast(eks.ICluster, cluster)

        general = GeneralNodePool(self, "General", cluster=self.cluster, pool=wanted.general_pool)
        gpu = [
            GpuNodePool(self, f"Gpu-{pool.name}", cluster=self.cluster, pool=pool)
            for pool in wanted.gpu_pools
        ]

        # A node without these never becomes ready.
        before_nodes = [self._addon("vpc-cni"), self._addon("kube-proxy")]
        general.node.add_dependency(*before_nodes)
        for node_pool in gpu:
            node_pool.node.add_dependency(*before_nodes)
        # These have pods to place: without nodes they stay degraded until the time-out.
        for name in ("coredns", "aws-efs-csi-driver"):
            self._addon(name).node.add_dependency(general)

        for node_pool in gpu:
            models.grant_read(node_pool.nodegroup.role)
        # Not `models.connections.allow_from(cluster)`: it would write the cluster's security
        # group into the storage stack, which is deployed before the cluster exists.
        ec2.CfnSecurityGroupIngress(
            self,
            "NodesReachModels",
            description="NFS from the nodes",
            group_id=models.security_group.security_group_id,
            source_security_group_id=self.cluster.cluster_security_group_id,
            ip_protocol="tcp",
            from_port=_NFS_PORT,
            to_port=_NFS_PORT,
        )

        cdk.CfnOutput(self, "ClusterName", value=self.cluster.cluster_name)
        cdk.CfnOutput(
            self,
            "KubeconfigCommand",
            value=(
                f"aws eks update-kubeconfig --region {settings.region} "
                f"--name {self.cluster.cluster_name} --role-arn {admin.role_arn}"
            ),
        )

    def _addon(self, name: str) -> eks.Addon:
        return eks.Addon(self, name, addon_name=name, cluster=self.cluster)

    def _kubectl_layer(self, version: str) -> lambda_.ILayerVersion:
        minor = version.split(".")[1]
        module = importlib.import_module(f"aws_cdk.lambda_layer_kubectl_v{minor}")
        layer = getattr(module, f"KubectlV{minor}Layer")(self, "Kubectl")
        return cast(lambda_.ILayerVersion, layer)


def _endpoint_access(public_cidrs: tuple[str, ...]) -> eks.EndpointAccess:
    if not public_cidrs:
        return eks.EndpointAccess.PRIVATE
    return eks.EndpointAccess.PUBLIC_AND_PRIVATE.only_from(*public_cidrs)
