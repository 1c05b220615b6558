"""What a node is told before it joins: how many pods it takes, and how it pulls images."""

import json

from aws_cdk import aws_ec2 as ec2

from config import MAX_PODS

# EKS adds the cluster's own part to it (docs.aws.amazon.com/eks, "Customize managed nodes with
# launch templates"); JSON is YAML.
_NODE_CONFIG = "application/node.eks.aws"


def amazon_linux(*, fast_image_pull: bool) -> ec2.UserData:
    """For Amazon Linux 2023, by nodeadm's ``NodeConfig``.

    Args:
        fast_image_pull: Fetch and unpack the parts of an image in parallel (SOCI). Needs a volume
            of 600 MiB/s; machines that are too small ignore it (amazon-eks-ami, nodeadm).
    """
    spec: dict[str, object] = {"kubelet": {"config": {"maxPods": MAX_PODS}}}
    if fast_image_pull:
        spec["featureGates"] = {"FastImagePull": True}
    config = {"apiVersion": "node.eks.aws/v1alpha1", "kind": "NodeConfig", "spec": spec}
    data = ec2.MultipartUserData()
    data.add_part(
        ec2.MultipartBody.from_raw_body(
            content_type=_NODE_CONFIG, body=json.dumps(config, indent=2)
        )
    )
    return data


def bottlerocket() -> ec2.UserData:
    """For Bottlerocket, whose settings are TOML; it pulls in parallel by itself."""
    return ec2.UserData.custom(f"[settings.kubernetes]\nmax-pods = {MAX_PODS}\n")
