"""A managed node group: machines of one pool, with or without GPUs."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from config import GpuPool, NodePool
from platform_constructs.acknowledgement import acknowledge, managed_policies
from platform_constructs.node_user_data import amazon_linux, bottlerocket
from platform_constructs.scale_from_zero_tags import ScaleFromZeroTags
from serving.gpu import GPU_NODE_LABEL, GPU_RESOURCE, GPU_TAINT_VALUE

_CAPACITY = {
    "on-demand": eks.CapacityType.ON_DEMAND,
    "spot": eks.CapacityType.SPOT,
    "capacity-block": eks.CapacityType.CAPACITY_BLOCK,
}
_GPU_AMI = {
    # Left to itself CDK takes an Amazon Linux 2 image, which AWS ended in 2025.
    "AL2023": eks.NodegroupAmiType.AL2023_X86_64_NVIDIA,
    "Bottlerocket": eks.NodegroupAmiType.BOTTLEROCKET_X86_64_NVIDIA,
}
# The volume with images, pods' files and logs. Bottlerocket has its system on another one, which
# is too small to hold either.
_SYSTEM_DEVICE, _SECOND_DEVICE = "/dev/xvda", "/dev/xvdb"
_SYSTEM_GIB = 10
# Which of the device plugin's configurations a node gets, where its GPUs are shared.
_SHARING_LABEL = "nvidia.com/device-plugin.config"
# By this label the Cluster Autoscaler knows nodes that will have a GPU once the driver is up.
_ACCELERATOR_LABEL = "k8s.amazonaws.com/accelerator"


class NodeGroup(Construct):
    """The nodes of one pool, in the private subnets, that replace themselves when broken.

    Nodes with GPUs repel every pod that does not tolerate the taint ``nvidia.com/gpu``.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        cluster: Cluster that the nodes join.
        pool: What machines, how many, at what terms.
        role: Identity of the nodes.
        disk_key: Encrypts their volumes.

    Attributes:
        nodegroup: The managed node group.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: eks.ICluster,
        pool: NodePool,
        role: iam.IRole,
        disk_key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        gpu = pool if isinstance(pool, GpuPool) else None
        block = gpu is not None and gpu.capacity == "capacity-block"
        template = self._launch_template(pool, gpu, disk_key)
        labels = _labels(pool, gpu)

        self.nodegroup = eks.Nodegroup(
            self,
            "Resource",
            cluster=cluster,
            ami_type=_GPU_AMI[gpu.ami] if gpu else eks.NodegroupAmiType.AL2023_X86_64_STANDARD,
            capacity_type=_CAPACITY[pool.capacity],
            # Of a capacity block EKS wants the type in the launch template.
            instance_types=None
            if block
            else [ec2.InstanceType(name) for name in pool.instance_types],
            min_size=pool.min_size,
            max_size=pool.max_size,
            launch_template_spec=eks.LaunchTemplateSpec(
                id=template.launch_template_id or "", version=template.latest_version_number
            ),
            node_role=role,
            subnets=ec2.SubnetSelection(
                subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS,
                availability_zones=list(gpu.availability_zones)
                if gpu and gpu.availability_zones
                else None,
            ),
            enable_node_auto_repair=True,
            # An update waits for disruption budgets; by CDK's default it would not.
            force_update=False,
            labels=labels,
            taints=[
                eks.TaintSpec(
                    effect=eks.TaintEffect.NO_SCHEDULE, key=GPU_RESOURCE, value=GPU_TAINT_VALUE
                )
            ]
            if gpu
            else None,
        )
        if gpu and gpu.capacity_reservation_id:
            # Of what is reserved there is no more: an old node goes before its successor comes.
            resource = self.nodegroup.node.default_child
            assert isinstance(resource, cdk.CfnResource)
            resource.add_property_override("UpdateConfig.UpdateStrategy", "MINIMAL")
        if gpu:
            ScaleFromZeroTags(
                self,
                "ScaleFromZero",
                cluster_name=cluster.cluster_name,
                nodegroup=self.nodegroup,
                labels=labels,
                taints={GPU_RESOURCE: f"{GPU_TAINT_VALUE}:NoSchedule"},
                resources={GPU_RESOURCE: str(gpu.gpus_a_node)},
            )

    def _launch_template(
        self, pool: NodePool, gpu: GpuPool | None, disk_key: kms.IKey
    ) -> ec2.LaunchTemplate:
        ami = gpu.ami if gpu else "AL2023"
        template = ec2.LaunchTemplate(
            self,
            "Template",
            require_imdsv2=True,
            # Pods are one hop further away than the node: they get no credentials of the node's.
            http_put_response_hop_limit=1,
            block_devices=_disks(pool, ami, disk_key),
            user_data=bottlerocket()
            if ami == "Bottlerocket"
            else amazon_linux(fast_image_pull=gpu is not None),
        )
        if gpu and gpu.capacity_reservation_id:
            resource = template.node.default_child
            assert isinstance(resource, ec2.CfnLaunchTemplate)
            data = "LaunchTemplateData"
            resource.add_property_override(
                f"{data}.CapacityReservationSpecification.CapacityReservationTarget",
                {"CapacityReservationId": gpu.capacity_reservation_id},
            )
            if gpu.capacity == "capacity-block":
                resource.add_property_override(
                    f"{data}.InstanceMarketOptions.MarketType", "capacity-block"
                )
                resource.add_property_override(f"{data}.InstanceType", gpu.instance_types[0])
        return template


def _disks(pool: NodePool, ami: str, key: kms.IKey) -> list[ec2.BlockDevice]:
    def encrypted(device: str, size_gib: int, throughput_mibps: int) -> ec2.BlockDevice:
        return ec2.BlockDevice(
            device_name=device,
            volume=ec2.BlockDeviceVolume.ebs(
                size_gib,
                volume_type=ec2.EbsDeviceVolumeType.GP3,
                throughput=throughput_mibps,
                # gp3 gives 0.25 MiB/s an operation, and 3000 operations at no charge.
                iops=max(3000, 4 * throughput_mibps),
                encrypted=True,
                kms_key=key,
                delete_on_termination=True,
            ),
        )

    size, throughput = pool.disk_size_gib, pool.disk_throughput_mibps
    if ami == "Bottlerocket":
        return [
            encrypted(_SYSTEM_DEVICE, _SYSTEM_GIB, 125),
            encrypted(_SECOND_DEVICE, size, throughput),
        ]
    return [encrypted(_SYSTEM_DEVICE, size, throughput)]


def _labels(pool: NodePool, gpu: GpuPool | None) -> Mapping[str, str]:
    labels = {"pool": pool.name}
    if gpu:
        labels[GPU_NODE_LABEL] = "true"
        # A label's value has no blanks; a pool of several models names them all.
        models = dict.fromkeys(instance.gpu for instance in gpu.instances)
        labels[_ACCELERATOR_LABEL] = "_".join(model.lower().replace(" ", "-") for model in models)
        if gpu.sharing != "whole":
            labels[_SHARING_LABEL] = gpu.name
    return labels


def node_role(scope: Construct, construct_id: str) -> iam.Role:
    """The identity of nodes: join the cluster, pull images, be reached by Session Manager.

    What pods do on AWS they do by roles of their own.
    """
    role = iam.Role(scope, construct_id, assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    for name in (
        "AmazonEKSWorkerNodePolicy",
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonSSMManagedInstanceCore",
    ):
        role.add_managed_policy(iam.ManagedPolicy.from_aws_managed_policy_name(name))
        acknowledge(
            role, "what AWS says a node needs; AWS keeps it current", *managed_policies(name)
        )
    return role
