"""Nodes: their machines, disks and terms, and that they are what Triton's pods ask for."""

import json
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Match, Template

from config import GeneralPool, GpuPool, NodePool
from k8s.gpu import GPU_NODES, gpu_toleration
from operations.changes.intrinsics import readable
from platform_constructs.node_group import NodeGroup, node_role
from serving.gpu import GPU_NODE_LABEL, GPU_RESOURCE

NODES = "AWS::EKS::Nodegroup"
RESERVATION = "cr-0123456789abcdef0"


def gpu_pool(**changes: Any) -> GpuPool:
    values = {
        "name": "batch",
        "instance_types": ("g5.2xlarge",),
        "min_size": 0,
        "max_size": 4,
    }
    return GpuPool(**(values | changes))


@cache
def synthesize(pool: NodePool) -> Template:
    stack = cdk.Stack(cdk.App(), "Test")
    cluster = eks.Cluster(
        stack,
        "Cluster",
        version=eks.KubernetesVersion.V1_35,
        default_capacity_type=eks.DefaultCapacityType.NODEGROUP,
        default_capacity=0,
    )
    NodeGroup(
        stack,
        "Pool",
        cluster=cluster,  # type: ignore[arg-type]
        pool=pool,
        role=node_role(stack, "Role"),
        disk_key=kms.Key(stack, "Key"),
    )
    return Template.from_stack(stack)


def launch_template(pool: NodePool) -> dict[str, Any]:
    [found] = synthesize(pool).find_resources("AWS::EC2::LaunchTemplate").values()
    data: dict[str, Any] = found["Properties"]["LaunchTemplateData"]
    return data


def user_data(pool: NodePool) -> str:
    return readable(launch_template(pool)["UserData"]["Fn::Base64"])


@pytest.mark.parametrize(
    ("ami", "kind"),
    [("AL2023", "AL2023_x86_64_NVIDIA"), ("Bottlerocket", "BOTTLEROCKET_x86_64_NVIDIA")],
)
def test_the_image_has_nvidia_drivers(ami: str, kind: str) -> None:
    synthesize(gpu_pool(ami=ami)).has_resource_properties(NODES, {"AmiType": kind})


def test_pods_that_ask_for_no_gpu_are_repelled() -> None:
    synthesize(gpu_pool()).has_resource_properties(
        NODES,
        {"Taints": [{"Key": "nvidia.com/gpu", "Value": "present", "Effect": "NO_SCHEDULE"}]},
    )


def test_nodes_say_which_gpus_they_have_and_which_pool_they_are_of() -> None:
    pool = gpu_pool(instance_types=("g6.xlarge", "g5.xlarge"))

    synthesize(pool).has_resource_properties(
        NODES,
        {
            "Labels": {
                "nvidia.com/gpu.present": "true",
                "pool": "batch",
                "k8s.amazonaws.com/accelerator": "l4_a10g",
            }
        },
    )


def test_shared_gpus_are_said_to_the_device_plugin_and_the_autoscaler() -> None:
    template = synthesize(gpu_pool(sharing="time-slicing", shares=4))

    template.has_resource_properties(
        NODES, {"Labels": Match.object_like({"nvidia.com/device-plugin.config": "batch"})}
    )
    assert asg_tags(template)[
        "k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/gpu"
    ] == ("4")


def test_sizes_types_and_market_are_those_of_the_pool() -> None:
    synthesize(gpu_pool(min_size=1, capacity="spot")).has_resource_properties(
        NODES,
        {
            "InstanceTypes": ["g5.2xlarge"],
            "ScalingConfig": Match.object_like({"MinSize": 1, "MaxSize": 4}),
            "CapacityType": "SPOT",
        },
    )


def test_a_pool_is_on_demand_unless_it_says_otherwise() -> None:
    synthesize(gpu_pool()).has_resource_properties(NODES, {"CapacityType": "ON_DEMAND"})


def test_a_node_that_lost_its_gpu_is_replaced() -> None:
    synthesize(gpu_pool()).has_resource_properties(NODES, {"NodeRepairConfig": {"Enabled": True}})


@pytest.mark.parametrize(("ami", "device"), [("AL2023", "xvda"), ("Bottlerocket", "xvdb")])
def test_the_disk_of_the_images_is_sized_encrypted_and_fast(ami: str, device: str) -> None:
    pool = gpu_pool(ami=ami, disk_size_gib=300, disk_throughput_mibps=800)

    disks = {
        mapping["DeviceName"]: mapping["Ebs"]
        for mapping in launch_template(pool)["BlockDeviceMappings"]
    }

    # Bottlerocket's system disk, too.
    assert all(disk["Encrypted"] and "Key" in str(disk["KmsKeyId"]) for disk in disks.values())
    disk = disks[f"/dev/{device}"]
    assert (disk["VolumeType"], disk["VolumeSize"], disk["Throughput"]) == ("gp3", 300, 800)
    # gp3 refuses more than 0.25 MiB/s an operation.
    assert disk["Throughput"] <= disk["Iops"] * 0.25


def test_pods_do_not_get_the_credentials_of_their_node() -> None:
    options = launch_template(gpu_pool())["MetadataOptions"]

    assert options == {"HttpTokens": "required", "HttpPutResponseHopLimit": 1}


def test_amazon_linux_is_told_by_nodeadm_how_many_pods_it_takes() -> None:
    text = user_data(gpu_pool())

    assert "Content-Type: application/node.eks.aws" in text
    config = json.loads(text[text.index("{") : text.rindex("}") + 1])
    assert config["kind"] == "NodeConfig"
    assert config["spec"]["kubelet"]["config"] == {"maxPods": 110}
    assert config["spec"]["featureGates"] == {"FastImagePull": True}


def test_bottlerocket_is_told_in_its_own_words() -> None:
    assert user_data(gpu_pool(ami="Bottlerocket")) == "[settings.kubernetes]\nmax-pods = 110\n"


def test_an_update_waits_for_disruption_budgets() -> None:
    synthesize(gpu_pool()).has_resource_properties(NODES, {"ForceUpdateEnabled": False})


def test_of_reserved_machines_an_old_one_goes_before_a_new_one_comes() -> None:
    reserved = gpu_pool(capacity_reservation_id=RESERVATION, availability_zones=("dummy1a",))

    synthesize(reserved).has_resource_properties(
        NODES, {"UpdateConfig": {"UpdateStrategy": "MINIMAL"}}
    )
    synthesize(gpu_pool()).has_resource_properties(NODES, {"UpdateConfig": Match.absent()})


def test_a_reservation_is_aimed_at() -> None:
    pool = gpu_pool(capacity_reservation_id=RESERVATION, availability_zones=("dummy1a",))

    data = launch_template(pool)

    assert data["CapacityReservationSpecification"] == {
        "CapacityReservationTarget": {"CapacityReservationId": RESERVATION}
    }
    assert "InstanceMarketOptions" not in data


def test_a_capacity_block_has_its_type_in_the_template_and_only_there() -> None:
    pool = gpu_pool(
        instance_types=("p5.48xlarge",),
        capacity="capacity-block",
        capacity_reservation_id=RESERVATION,
        availability_zones=("dummy1a",),
    )

    data = launch_template(pool)

    assert data["InstanceMarketOptions"] == {"MarketType": "capacity-block"}
    assert data["InstanceType"] == "p5.48xlarge"
    synthesize(pool).has_resource_properties(
        NODES, {"CapacityType": "CAPACITY_BLOCK", "InstanceTypes": Match.absent()}
    )


def asg_tags(template: Template) -> dict[str, str]:
    """The tags that reach the Auto Scaling group, read from the call that writes them."""
    [call] = [
        json.loads(readable(resource["Properties"]["Create"]))
        for resource in template.find_resources("Custom::AWS").values()
        if "createOrUpdateTags" in readable(resource["Properties"]["Create"])
    ]
    tags = call["parameters"]["Tags"]
    # The group is the one that the other call found behind the node group.
    assert all("autoScalingGroups.0.name" in tag["ResourceId"] for tag in tags)
    return {tag["Key"]: tag["Value"] for tag in tags}


def test_the_autoscaler_knows_a_pool_without_nodes_by_tags_of_its_group() -> None:
    template = synthesize(gpu_pool())
    [nodes] = template.find_resources(NODES).values()
    prefix = "k8s.io/cluster-autoscaler/node-template"

    tags = asg_tags(template)

    assert tags == {
        **{f"{prefix}/label/{key}": v for key, v in nodes["Properties"]["Labels"].items()},
        f"{prefix}/taint/nvidia.com/gpu": "present:NoSchedule",
        f"{prefix}/resources/nvidia.com/gpu": "1",
    }


def test_the_general_pool_has_no_taint_and_no_gpu_image() -> None:
    pool = GeneralPool(
        name="general",
        instance_types=("m7i.large",),
        min_size=2,
        max_size=4,
        disk_size_gib=50,
    )

    synthesize(pool).has_resource_properties(
        NODES, {"AmiType": "AL2023_x86_64_STANDARD", "Taints": Match.absent()}
    )
    assert "FastImagePull" not in user_data(pool)


def test_triton_tolerates_the_taint_and_selects_the_label() -> None:
    toleration = gpu_toleration()

    assert toleration.key == GPU_RESOURCE
    assert toleration.effect == "NoSchedule"
    assert GPU_NODES == {GPU_NODE_LABEL: "true"}
