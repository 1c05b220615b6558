"""Mistakes in the cluster and its nodes."""

from tests.rules.breaking import GONE, Break, both, drop, put, swap
from tests.rules.checks.cluster import (
    addons_have_the_pinned_version,
    addons_with_pods_come_after_nodes,
    disks_are_encrypted_with_our_key,
    gpu_nodes_repel_and_are_labelled,
    networking_comes_before_nodes,
    nodes_are_private_and_spread,
    nodes_mend_themselves,
    nodes_run_a_living_system,
    pods_do_not_become_their_node,
    production_is_protected,
    the_api_server_answers_known_networks_only,
    the_autoscaler_knows_pools_without_nodes,
    the_cluster_is_locked,
    the_control_plane_writes_every_log,
    the_log_of_the_cluster_is_there_first,
)

CLUSTER, NODES, ADDON = "AWS::EKS::Cluster", "AWS::EKS::Nodegroup", "AWS::EKS::Addon"
TEMPLATE, CALL = "AWS::EC2::LaunchTemplate", "Custom::AWS"
GROUP = "AWS::Logs::LogGroup"
VPC = "Properties/ResourcesVpcConfig"
DATA = "Properties/LaunchTemplateData"
GPU, GENERAL = "AL2023_x86_64_NVIDIA", "AL2023_x86_64_STANDARD"

BREAKS = (
    Break(
        the_api_server_answers_known_networks_only,
        put("cluster", CLUSTER, f"{VPC}/PublicAccessCidrs", ["0.0.0.0/0"]),
        "answers ['0.0.0.0/0']",
    ),
    Break(
        the_api_server_answers_known_networks_only,
        put("cluster", CLUSTER, f"{VPC}/EndpointPublicAccess", GONE),
        "answers ['0.0.0.0/0']",
        of="dev",
    ),
    Break(
        the_api_server_answers_known_networks_only,
        put("cluster", CLUSTER, f"{VPC}/EndpointPrivateAccess", False),
        "is not reached from inside",
    ),
    Break(
        the_control_plane_writes_every_log,
        put("cluster", CLUSTER, "Properties/Logging/ClusterLogging/EnabledTypes/1", GONE),
        "does not write audit",
    ),
    Break(
        the_cluster_is_locked,
        put("cluster", CLUSTER, "Properties/EncryptionConfig", []),
        "does not encrypt secrets",
    ),
    Break(
        the_cluster_is_locked,
        put("cluster", CLUSTER, "Properties/AccessConfig/AuthenticationMode", "API_AND_CONFIG_MAP"),
        "authenticates by API_AND_CONFIG_MAP",
    ),
    Break(
        the_cluster_is_locked,
        put(
            "cluster",
            CLUSTER,
            "Properties/AccessConfig/BootstrapClusterCreatorAdminPermissions",
            GONE,
        ),
        "makes its creator an admin",
    ),
    Break(
        the_cluster_is_locked,
        put("cluster", CLUSTER, "Properties/DeletionProtection", True),
        "has another deletion protection",
        of="dev",
    ),
    Break(
        production_is_protected,
        put("cluster", CLUSTER, "Properties/DeletionProtection", GONE),
        "is production and can be deleted",
    ),
    Break(
        nodes_run_a_living_system,
        put("cluster", NODES, "Properties/AmiType", GONE),
        "has the image that EKS likes",
    ),
    Break(
        nodes_run_a_living_system,
        swap("cluster", NODES, GPU, "AL2_x86_64_GPU"),
        "has the image AL2_x86_64_GPU",
    ),
    Break(
        nodes_run_a_living_system,
        swap("cluster", NODES, GPU, GENERAL),
        "has the image AL2023_x86_64_STANDARD for its machines",
    ),
    Break(
        nodes_are_private_and_spread,
        swap("cluster", NODES, "VpcPrivateSubnet1Subnet", "VpcPublicSubnet1Subnet"),
        "is in None",
    ),
    Break(
        nodes_are_private_and_spread,
        put("cluster", NODES, "Properties/Subnets/2", GONE),
        "is in the zones ['eu-central-1a', 'eu-central-1b']",
    ),
    Break(
        nodes_mend_themselves,
        put("cluster", NODES, "Properties/NodeRepairConfig/Enabled", False),
        "is not repaired",
    ),
    Break(
        pods_do_not_become_their_node,
        put("cluster", TEMPLATE, f"{DATA}/MetadataOptions/HttpTokens", "optional"),
        "gives pods the node's credentials",
    ),
    Break(
        pods_do_not_become_their_node,
        put("cluster", TEMPLATE, f"{DATA}/MetadataOptions/HttpPutResponseHopLimit", 2),
        "gives pods the node's credentials",
    ),
    Break(
        pods_do_not_become_their_node,
        put("cluster", NODES, "Properties/LaunchTemplate", GONE),
        "has no launch template",
    ),
    Break(
        disks_are_encrypted_with_our_key,
        put("cluster", TEMPLATE, f"{DATA}/BlockDeviceMappings/0/Ebs/KmsKeyId", GONE),
        "has a disk without our key",
    ),
    Break(
        disks_are_encrypted_with_our_key,
        put("cluster", TEMPLATE, f"{DATA}/BlockDeviceMappings/0/Ebs/VolumeType", "gp2"),
        "has a disk of type gp2",
    ),
    Break(
        gpu_nodes_repel_and_are_labelled,
        put("cluster", NODES, "Properties/Taints", GONE, where=GPU),
        "has the taints None",
    ),
    Break(
        gpu_nodes_repel_and_are_labelled,
        swap("cluster", NODES, "nvidia.com/gpu.present", "gpu"),
        "has the labels",
    ),
    Break(
        the_autoscaler_knows_pools_without_nodes,
        swap("cluster", CALL, "template/label/pool", "template/label/name"),
        "node-template/label/pool = gpu",
    ),
    Break(
        the_autoscaler_knows_pools_without_nodes,
        swap("cluster", CALL, "present:NoSchedule", "true:NoSchedule"),
        "node-template/taint/nvidia.com/gpu = present:NoSchedule",
    ),
    Break(
        the_autoscaler_knows_pools_without_nodes,
        put("cluster", NODES, "Properties/Labels/zone", "b", where="BOTTLEROCKET"),
        "node-template/label/zone = b",
    ),
    Break(
        the_autoscaler_knows_pools_without_nodes,
        put("cluster", CALL, "Properties/Update", GONE, where="createOrUpdateTags"),
        "node-template/resources/nvidia.com/gpu = 1",
    ),
    Break(
        networking_comes_before_nodes,
        both(put("cluster", NODES, "DependsOn", []), put("cluster", TEMPLATE, "DependsOn", [])),
        "does not wait for vpc-cni",
    ),
    Break(
        networking_comes_before_nodes,
        swap("cluster", ADDON, "kube-proxy", "kube-router"),
        "does not wait for kube-proxy",
    ),
    Break(
        networking_comes_before_nodes,
        put("cluster", ADDON, "Properties/ServiceAccountRoleArn", GONE, where="vpc-cni"),
        "does not wait for the role of vpc-cni",
    ),
    Break(
        addons_with_pods_come_after_nodes,
        put("cluster", ADDON, "DependsOn", GONE, where="coredns"),
        "Addonscoredns",
    ),
    Break(
        addons_have_the_pinned_version,
        put("cluster", ADDON, "Properties/AddonVersion", GONE, where="metrics-server"),
        "has the version None",
    ),
    Break(
        addons_have_the_pinned_version,
        drop("cluster", ADDON, where="eks-node-monitoring-agent"),
        "add-on eks-node-monitoring-agent",
    ),
    Break(
        the_log_of_the_cluster_is_there_first,
        put("cluster", GROUP, "Properties/LogGroupName", "/aws/eks/cluster", where="/aws/eks"),
        "does not wait for /aws/eks/triton-platform-prod/cluster",
    ),
)
