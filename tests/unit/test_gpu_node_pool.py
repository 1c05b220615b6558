"""Nodes with GPUs, and that they are what Triton's pods ask for."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_eks_v2 as eks
from aws_cdk.assertions import Match, Template

from config import GpuPool
from k8s.gpu import GPU_NODES, gpu_toleration
from platform_constructs.gpu_node_pool import GpuNodePool
from serving.gpu import GPU_NODE_LABEL, GPU_RESOURCE


def synthesize(pool: GpuPool) -> Template:
    stack = cdk.Stack(cdk.App(), "Test")
    cluster = eks.Cluster(
        stack,
        "Cluster",
        version=eks.KubernetesVersion.V1_35,
        default_capacity_type=eks.DefaultCapacityType.NODEGROUP,
        default_capacity=0,
    )
    GpuNodePool(stack, "Pool", cluster=cluster, pool=pool)  # type: ignore[arg-type]
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return synthesize(
        GpuPool(
            name="batch",
            instance_types=("g5.2xlarge",),
            min_size=1,
            max_size=4,
            disk_size_gib=300,
            spot=True,
        )
    )


def test_the_image_is_amazon_linux_2023_with_nvidia_drivers(template: Template) -> None:
    template.has_resource_properties("AWS::EKS::Nodegroup", {"AmiType": "AL2023_x86_64_NVIDIA"})


def test_pods_that_ask_for_no_gpu_are_repelled(template: Template) -> None:
    template.has_resource_properties(
        "AWS::EKS::Nodegroup",
        {"Taints": [{"Key": "nvidia.com/gpu", "Value": "present", "Effect": "NO_SCHEDULE"}]},
    )


def test_nodes_say_that_they_have_gpus_and_which_pool_they_are_of(template: Template) -> None:
    template.has_resource_properties(
        "AWS::EKS::Nodegroup", {"Labels": {"nvidia.com/gpu.present": "true", "pool": "batch"}}
    )


def test_sizes_disk_and_market_are_those_of_the_pool(template: Template) -> None:
    template.has_resource_properties(
        "AWS::EKS::Nodegroup",
        {
            "InstanceTypes": ["g5.2xlarge"],
            "ScalingConfig": Match.object_like({"MinSize": 1, "MaxSize": 4}),
            "DiskSize": 300,
            "CapacityType": "SPOT",
        },
    )


def test_a_node_that_lost_its_gpu_is_replaced(template: Template) -> None:
    template.has_resource_properties("AWS::EKS::Nodegroup", {"NodeRepairConfig": {"Enabled": True}})


def test_a_pool_is_on_demand_unless_it_says_spot() -> None:
    pool = GpuPool(name="gpu", instance_types=("g6.xlarge",), min_size=0, max_size=1)

    synthesize(pool).has_resource_properties("AWS::EKS::Nodegroup", {"CapacityType": "ON_DEMAND"})


def test_triton_tolerates_the_taint_and_selects_the_label() -> None:
    toleration = gpu_toleration()

    assert toleration.key == GPU_RESOURCE
    assert toleration.effect == "NoSchedule"
    assert GPU_NODES == {GPU_NODE_LABEL: "true"}
