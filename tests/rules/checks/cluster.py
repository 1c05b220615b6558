"""EKS, its nodes, and the order in which a cluster comes to life."""

import json
from collections.abc import Iterator
from typing import Any

from config import load_versions
from config.naming import cluster_name
from serving.gpu import GPU_NODE_LABEL, GPU_RESOURCE, GPU_TAINT_VALUE
from tests.rules.checks.network import kind_of
from tests.rules.deployment import Deployment, Resource

_LOGS = frozenset({"api", "audit", "authenticator", "controllerManager", "scheduler"})
_AMI_FAMILIES = ("AL2023_", "BOTTLEROCKET_")
_BEFORE_NODES = ("vpc-cni", "kube-proxy")
_TAGS = "k8s.io/cluster-autoscaler/node-template"
# EKS' words for the effect of a taint, and Kubernetes'.
_EFFECTS = {
    "NO_SCHEDULE": "NoSchedule",
    "NO_EXECUTE": "NoExecute",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
}


def the_api_server_answers_known_networks_only(deployment: Deployment) -> Iterator[str]:
    """From inside always; from outside the ranges of the settings, or nobody."""
    allowed = list(deployment.settings.cluster.public_access_cidrs)
    for cluster in deployment.resources("AWS::EKS::Cluster"):
        vpc = cluster.properties["ResourcesVpcConfig"]
        if vpc.get("EndpointPrivateAccess") is not True:
            yield f"{cluster} is not reached from inside"
        cidrs = vpc.get("PublicAccessCidrs", ["0.0.0.0/0"])
        # Left out, AWS opens it.
        if vpc.get("EndpointPublicAccess", True) and (cidrs != allowed or "0.0.0.0/0" in cidrs):
            yield f"{cluster} answers {cidrs}"


def the_control_plane_writes_every_log(deployment: Deployment) -> Iterator[str]:
    """All five types."""
    for cluster in deployment.resources("AWS::EKS::Cluster"):
        types = cluster.properties.get("Logging", {}).get("ClusterLogging", {})
        missing = _LOGS - {one["Type"] for one in types.get("EnabledTypes", ())}
        if missing:
            yield f"{cluster} does not write {', '.join(sorted(missing))}"


def the_cluster_is_locked(deployment: Deployment) -> Iterator[str]:
    """Secrets with our key, access by entries only, no admin by birth, kept in production."""
    wanted = deployment.settings.cluster
    for cluster in deployment.resources("AWS::EKS::Cluster"):
        keys = [
            deployment.origin(cluster.stack, one["Provider"]["KeyArn"])
            for one in cluster.properties.get("EncryptionConfig", ())
            if one["Resources"] == ["secrets"]
        ]
        if len(keys) != 1 or not keys[0] or keys[0].type != "AWS::KMS::Key":
            yield f"{cluster} does not encrypt secrets with a key of ours"
        access = cluster.properties.get("AccessConfig", {})
        if access.get("AuthenticationMode") != "API":
            yield f"{cluster} authenticates by {access.get('AuthenticationMode')}"
        if access.get("BootstrapClusterCreatorAdminPermissions") is not False:
            yield f"{cluster} makes its creator an admin"
        if cluster.properties.get("DeletionProtection") is not wanted.deletion_protection:
            yield f"{cluster} has another deletion protection than the settings"


def production_is_protected(deployment: Deployment) -> Iterator[str]:
    """Its cluster cannot be deleted by mistake, whatever the settings say."""
    for cluster in deployment.resources("AWS::EKS::Cluster"):
        protected = cluster.properties.get("DeletionProtection")
        if deployment.settings.name == "prod" and protected is not True:
            yield f"{cluster} is production and can be deleted"


def nodes_run_a_living_system(deployment: Deployment) -> Iterator[str]:
    """Amazon Linux 2 ended; EKS takes it, and CDK for GPUs too, when nothing else is said."""
    for nodes in _nodes(deployment):
        ami = nodes.properties.get("AmiType", "")
        if not ami.startswith(_AMI_FAMILIES):
            yield f"{nodes} has the image {ami or 'that EKS likes'}"
        if _has_gpus(nodes) != ami.endswith("_NVIDIA"):
            yield f"{nodes} has the image {ami} for its machines"


def nodes_are_private_and_spread(deployment: Deployment) -> Iterator[str]:
    """In private subnets; what needs no GPU in two zones or more, a pool in those it names."""
    zones = {
        pool.name: set(pool.zones(deployment.settings.availability_zones))
        for pool in deployment.settings.cluster.pools
    }
    for nodes in _nodes(deployment):
        found = set()
        for value in nodes.properties["Subnets"]:
            subnet = deployment.origin(nodes.stack, value)
            if subnet is None or kind_of(deployment, subnet) != "private":
                yield f"{nodes} is in {subnet}"
                continue
            found.add(subnet.properties["AvailabilityZone"])
        pool = nodes.properties["Labels"]["pool"]
        if found != zones.get(pool):
            yield f"{nodes} is in the zones {sorted(found)}"
        if not _has_gpus(nodes) and len(found) < 2:
            yield f"{nodes} is in one zone"


def nodes_mend_themselves(deployment: Deployment) -> Iterator[str]:
    """A node whose GPU fell off the bus is replaced."""
    for nodes in _nodes(deployment):
        if nodes.properties.get("NodeRepairConfig", {}).get("Enabled") is not True:
            yield f"{nodes} is not repaired"


def pods_do_not_become_their_node(deployment: Deployment) -> Iterator[str]:
    """Credentials of a node are one hop away, by a token."""
    for nodes, template in _templates(deployment):
        if template is None:
            yield f"{nodes} has no launch template"
            continue
        options = template.properties["LaunchTemplateData"].get("MetadataOptions", {})
        if options.get("HttpTokens") != "required" or options.get("HttpPutResponseHopLimit") != 1:
            yield f"{template} gives pods the node's credentials: {options}"


def disks_are_encrypted_with_our_key(deployment: Deployment) -> Iterator[str]:
    """Every volume, and of the type that is told its speed."""
    for nodes, template in _templates(deployment):
        data = template.properties["LaunchTemplateData"] if template else {}
        disks = [mapping["Ebs"] for mapping in data.get("BlockDeviceMappings", ())]
        if not disks:
            yield f"{nodes} has the disk that its image says"
        for disk in disks:
            key = deployment.origin(nodes.stack, disk.get("KmsKeyId"))
            if disk.get("Encrypted") is not True or not key or key.type != "AWS::KMS::Key":
                yield f"{template} has a disk without our key"
            if disk.get("VolumeType") != "gp3":
                yield f"{template} has a disk of type {disk.get('VolumeType')}"


def gpu_nodes_repel_and_are_labelled(deployment: Deployment) -> Iterator[str]:
    """Only what asks for a GPU lands there, and it finds the way."""
    taint = {"Key": GPU_RESOURCE, "Value": GPU_TAINT_VALUE, "Effect": "NO_SCHEDULE"}
    pools = {pool.name for pool in deployment.settings.cluster.gpu_pools}
    for nodes in _nodes(deployment):
        gpu = nodes.properties["Labels"]["pool"] in pools
        if (taint in nodes.properties.get("Taints", ())) is not gpu:
            yield f"{nodes} has the taints {nodes.properties.get('Taints')}"
        if (nodes.properties["Labels"].get(GPU_NODE_LABEL) == "true") is not gpu:
            yield f"{nodes} has the labels {nodes.properties['Labels']}"


def the_autoscaler_knows_pools_without_nodes(deployment: Deployment) -> Iterator[str]:
    """Tags of the Auto Scaling group say every label and taint, and how many GPUs a node has."""
    gpus = {pool.name: str(pool.gpus_a_node) for pool in deployment.settings.cluster.gpu_pools}
    written = dict(_tags_written(deployment))
    for nodes in _nodes(deployment):
        labels = nodes.properties["Labels"]
        if labels["pool"] not in gpus:
            continue
        wanted = {f"{_TAGS}/label/{key}": value for key, value in labels.items()}
        for taint in nodes.properties.get("Taints", ()):
            effect = _EFFECTS[taint["Effect"]]
            wanted[f"{_TAGS}/taint/{taint['Key']}"] = f"{taint['Value']}:{effect}"
        wanted[f"{_TAGS}/resources/{GPU_RESOURCE}"] = gpus[labels["pool"]]
        for key, value in sorted(wanted.items() ^ written.get(str(nodes), {}).items()):
            yield f"{nodes}: tag {key} = {value}"


def networking_comes_before_nodes(deployment: Deployment) -> Iterator[str]:
    """A node without CNI and kube-proxy, or a CNI without its role, never becomes ready."""
    addons = _addons(deployment)
    for nodes in _nodes(deployment):
        before = deployment.before(nodes)
        for name in _BEFORE_NODES:
            if name not in addons or addons[name].id not in before:
                yield f"{nodes} does not wait for {name}"
        cni = addons.get("vpc-cni")
        role = (
            deployment.origin(nodes.stack, cni.properties.get("ServiceAccountRoleArn"))
            if cni
            else None
        )
        if role is None or role.id not in before:
            yield f"{nodes} does not wait for the role of vpc-cni"


def addons_with_pods_come_after_nodes(deployment: Deployment) -> Iterator[str]:
    """Without a node they stay degraded until CloudFormation gives up."""
    general = {
        nodes.id
        for nodes in _nodes(deployment)
        if nodes.properties["Labels"]["pool"] == deployment.settings.cluster.general_pool.name
    }
    for name, addon in _addons(deployment).items():
        if name not in _BEFORE_NODES and not general & deployment.before(addon):
            yield f"{addon} does not wait for nodes"


def addons_have_the_pinned_version(deployment: Deployment) -> Iterator[str]:
    """All of them, and those that a cluster needs are there."""
    pins = load_versions().pins_of(deployment.settings.cluster.kubernetes).addons
    found = _addons(deployment)
    for name, addon in found.items():
        version = addon.properties.get("AddonVersion")
        if version is None or version != pins.get(name):  # type: ignore[call-overload]
            yield f"{addon} has the version {version}"
    wanted = set(pins)
    if not deployment.settings.cluster.addons.cloudwatch_observability:
        wanted -= {"amazon-cloudwatch-observability"}
    for name in sorted(wanted ^ set(found)):
        yield f"add-on {name}"


def the_log_of_the_cluster_is_there_first(deployment: Deployment) -> Iterator[str]:
    """EKS would make it without an end and without a key."""
    name = f"/aws/eks/{cluster_name(deployment.settings.name)}/cluster"
    groups = {
        group.id
        for group in deployment.resources("AWS::Logs::LogGroup")
        if group.properties.get("LogGroupName") == name
    }
    for cluster in deployment.resources("AWS::EKS::Cluster"):
        if not groups & deployment.before(cluster):
            yield f"{cluster} does not wait for {name}"


def _nodes(deployment: Deployment) -> Iterator[Resource]:
    return deployment.resources("AWS::EKS::Nodegroup")


def _has_gpus(nodes: Resource) -> bool:
    return any(taint["Key"] == GPU_RESOURCE for taint in nodes.properties.get("Taints", ()))


def _addons(deployment: Deployment) -> dict[str, Resource]:
    return {
        addon.properties["AddonName"]: addon for addon in deployment.resources("AWS::EKS::Addon")
    }


def _templates(deployment: Deployment) -> Iterator[tuple[Resource, Resource | None]]:
    for nodes in _nodes(deployment):
        template = nodes.properties.get("LaunchTemplate", {}).get("Id")
        yield nodes, deployment.origin(nodes.stack, template)


def _tags_written(deployment: Deployment) -> Iterator[tuple[str, dict[str, str]]]:
    """By node group what is written to its Auto Scaling group, creating and updating alike."""
    calls: dict[str, dict[str, Any]] = {}
    for resource in deployment.resources("Custom::AWS"):
        create, update = (resource.properties.get(verb) for verb in ("Create", "Update"))
        if create == update:
            calls[str(resource)] = json.loads(deployment.text(resource.stack, create))
    for call in calls.values():
        if call["action"] != "createOrUpdateTags":
            continue
        tags = call["parameters"]["Tags"]
        asked = {tag["ResourceId"].removeprefix("<").partition(".")[0] for tag in tags}
        assert len(asked) == 1, f"one call tags several groups: {asked}"
        name = calls[asked.pop()]["parameters"]["nodegroupName"]
        group = name.removeprefix("<").removesuffix(".NodegroupName>")
        yield group, {tag["Key"]: tag["Value"] for tag in tags}


RULES = (
    the_api_server_answers_known_networks_only,
    the_control_plane_writes_every_log,
    the_cluster_is_locked,
    production_is_protected,
    nodes_run_a_living_system,
    nodes_are_private_and_spread,
    nodes_mend_themselves,
    pods_do_not_become_their_node,
    disks_are_encrypted_with_our_key,
    gpu_nodes_repel_and_are_labelled,
    the_autoscaler_knows_pools_without_nodes,
    networking_comes_before_nodes,
    addons_with_pods_come_after_nodes,
    addons_have_the_pinned_version,
    the_log_of_the_cluster_is_there_first,
)
