"""EKS, its add-ons and its nodes."""

import importlib
from typing import cast

import aws_cdk as cdk
import cdk8s
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from config import ConfigError, Settings, Versions
from config.naming import cluster_name
from k8s.charts.access import OPERATORS, VIEWERS, AccessChart
from platform_constructs.access_roles import AccessRoles
from platform_constructs.acknowledgement import acknowledge, managed_policies
from platform_constructs.chart_release import ChartRelease
from platform_constructs.cluster_addons import INSIGHTS_LOGS, ClusterAddons
from platform_constructs.group_access import GroupAccess
from platform_constructs.log_group import EncryptedLogGroup
from platform_constructs.model_volume import NFS_PORT, ModelVolume
from platform_constructs.node_group import NodeGroup, node_role
from stacks.platform_stack import PlatformStack
from stacks.safeguards import Safeguards


class ClusterStack(PlatformStack):
    """A cluster that can run Triton; deleting it keeps network and models.

    Args:
        scope: The app.
        settings: The environment.
        versions: Choose the kubectl layer and the add-ons.
        safeguards: Boundary, keys and access logs.
        roles: Who may do what on the cluster.
        vpc: Network of control plane and nodes.
        models: Volume that pods mount and read.

    Attributes:
        cluster: For stacks that put Kubernetes objects on it.

    Raises:
        ConfigError: no installed kubectl layer works with the cluster's version, or no add-ons
            are pinned for it.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        versions: Versions,
        safeguards: Safeguards,
        roles: AccessRoles,
        vpc: ec2.IVpc,
        models: ModelVolume,
    ) -> None:
        super().__init__(scope, "cluster", settings=settings, safeguards=safeguards)
        wanted = settings.cluster
        name, keys = cluster_name(settings.name), safeguards.keys

        # EKS writes to this name; a group that EKS makes has no end and no key of ours.
        log_group = EncryptedLogGroup(
            self,
            "Log",
            name=f"/aws/eks/{name}/cluster",
            key=keys.logs,
            retention_days=wanted.log_retention_days,
            removal_policy=self.data_policy,
        )
        cluster = eks.Cluster(
            self,
            "Cluster",
            cluster_name=name,
            vpc=vpc,
            vpc_subnets=[ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS)],
            version=eks.KubernetesVersion.of(wanted.kubernetes),
            endpoint_access=_endpoint_access(wanted.public_access_cidrs),
            # The cluster's creator, a pipeline, is no admin.
            masters_role=roles.admin,
            secrets_encryption_key=keys.kubernetes,
            cluster_logging=list(eks.ClusterLoggingTypes),
            # The default is Auto Mode, which chooses nodes by itself.
            default_capacity_type=eks.DefaultCapacityType.NODEGROUP,
            default_capacity=0,
            # Neither can be changed on a living cluster.
            bootstrap_cluster_creator_admin_permissions=False,
            bootstrap_self_managed_addons=False,
            kubectl_provider_options=eks.KubectlProviderOptions(
                kubectl_layer=self._kubectl_layer(versions.kubectl_layer_for(wanted.kubernetes))
            ),
        )
        cluster.node.add_dependency(log_group)
        # CDK gives the role none; without it EKS cannot upgrade a cluster whose secrets are ours.
        keys.kubernetes.grant(
            cluster.role, "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:ListGrants"
        )
        # A property that the construct does not know yet.
        cast(cdk.CfnResource, cluster.node.default_child).add_property_override(
            "DeletionProtection", wanted.deletion_protection
        )
        _acknowledge_cdk_parts(cluster)
        # jsii's Python class lacks a member of the interface; nothing else needs this cast.
        self.cluster = cast(eks.ICluster, cluster)

        GroupAccess(
            self,
            "Access",
            cluster=self.cluster,
            members={
                "Operator": (roles.operator, OPERATORS),
                "Viewer": (roles.viewer, VIEWERS),
            },
        )
        ChartRelease(
            self, "AccessRules", cluster=self.cluster, chart=AccessChart(cdk8s.App(), "access")
        )
        addons = ClusterAddons(
            self,
            "Addons",
            cluster=self.cluster,
            versions=versions.pins_of(wanted.kubernetes).addons,
            models=models,
        )
        if wanted.addons.cloudwatch_observability:
            addons.observe(
                [
                    EncryptedLogGroup(
                        self,
                        f"Insights-{kind}",
                        name=f"/aws/containerinsights/{name}/{kind}",
                        key=keys.logs,
                        retention_days=wanted.log_retention_days,
                        removal_policy=self.data_policy,
                    )
                    for kind in INSIGHTS_LOGS
                ]
            )
        role = node_role(self, "NodeRole")
        for pool in wanted.pools:
            nodes = NodeGroup(
                self,
                f"Nodes-{pool.name}",
                cluster=self.cluster,
                pool=pool,
                role=role,
                disk_key=keys.disks,
            )
            nodes.node.add_dependency(*addons.before_nodes)
            if pool is wanted.general_pool:
                addons.follow(nodes)

        # Not `models.connections.allow_from(cluster)`: it would write the cluster's security
        # group into the storage stack, which is deployed before the cluster exists.
        ec2.CfnSecurityGroupIngress(
            self,
            "NodesReachModels",
            description="NFS from the nodes",
            group_id=models.security_group.security_group_id,
            source_security_group_id=self.cluster.cluster_security_group_id,
            ip_protocol="tcp",
            from_port=NFS_PORT,
            to_port=NFS_PORT,
        )
        cdk.CfnOutput(self, "ClusterName", value=self.cluster.cluster_name)
        cdk.CfnOutput(
            self,
            "KubeconfigCommand",
            value=(
                f"aws eks update-kubeconfig --region {settings.region} "
                f"--name {name} --role-arn {roles.operator.role_arn}"
            ),
        )

    def _kubectl_layer(self, version: str) -> lambda_.ILayerVersion:
        minor = version.split(".")[1]
        try:
            module = importlib.import_module(f"aws_cdk.lambda_layer_kubectl_v{minor}")
        except ModuleNotFoundError as error:
            raise ConfigError(
                f"config/versions.toml: kubectl_layers: {version!r} is not installed: add "
                f"aws-cdk.lambda-layer-kubectl-v{minor} to pyproject.toml, or remove the entry"
            ) from error
        layer = getattr(module, f"KubectlV{minor}Layer")(self, "Kubectl")
        return cast(lambda_.ILayerVersion, layer)


def _acknowledge_cdk_parts(cluster: eks.Cluster) -> None:
    acknowledge(
        cluster,
        "what AWS says the control plane needs, kept current",
        *managed_policies("AmazonEKSClusterPolicy"),
    )
    function = cdk.Stack.of(cluster).get_logical_id(
        cast(
            cdk.CfnElement,
            cluster.node.find_child("KubectlProvider")
            .node.find_child("Handler")
            .node.default_child,
        )
    )
    acknowledge(
        cluster,
        "the function with kubectl and helm is CDK's: it is in the VPC, pulls charts from "
        "registries, and its runtime and policies come with the library's release",
        *managed_policies(
            "service-role/AWSLambdaVPCAccessExecutionRole", "AmazonEC2ContainerRegistryReadOnly"
        ),
        "AwsSolutions-L1",
        f"AwsSolutions-IAM5[Resource::<{function}.Arn>:*]",
        'AwsSolutions-IAM4[Policy::{"Fn::If":["ClusterKubectlProviderHandlerHasEcrPublic69E09706",'
        '{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},":iam::aws:policy/'
        'AmazonElasticContainerRegistryPublicReadOnly"]]},{"Ref":"AWS::NoValue"}]}]',
    )


def _endpoint_access(public_cidrs: tuple[str, ...]) -> eks.EndpointAccess:
    if not public_cidrs:
        return eks.EndpointAccess.PRIVATE
    return eks.EndpointAccess.PUBLIC_AND_PRIVATE.only_from(*public_cidrs)
