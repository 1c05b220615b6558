"""A tainted, labelled managed node group that only GPU work lands on."""

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from constructs import Construct

from config import GpuPool
from serving.gpu import GPU_NODE_LABEL, GPU_RESOURCE


class GpuNodePool(Construct):
    """Managed node group on the NVIDIA image, sized by one ``GpuPool``.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        cluster: Cluster that the nodes join.
        pool: Instance types, sizes, disk, spot or on demand.

    Attributes:
        nodegroup: The managed node group, for callers that grant its role something.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, cluster: eks.ICluster, pool: GpuPool
    ) -> None:
        super().__init__(scope, construct_id)

        self.nodegroup = eks.Nodegroup(
            self,
            "Resource",
            cluster=cluster,
            # Left to itself CDK takes an Amazon Linux 2 image, which AWS ended in 2025.
            ami_type=eks.NodegroupAmiType.AL2023_X86_64_NVIDIA,
            capacity_type=eks.CapacityType.SPOT if pool.spot else eks.CapacityType.ON_DEMAND,
            instance_types=[ec2.InstanceType(name) for name in pool.instance_types],
            min_size=pool.min_size,
            max_size=pool.max_size,
            disk_size=pool.disk_size_gib,
            enable_node_auto_repair=True,
            labels={GPU_NODE_LABEL: "true", "pool": pool.name},
            taints=[
                eks.TaintSpec(effect=eks.TaintEffect.NO_SCHEDULE, key=GPU_RESOURCE, value="present")
            ],
        )
