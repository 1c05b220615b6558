"""What is left behind in an account: by controllers, by deletions that stopped, by strangers."""

from typing import Any

from tests.support.aws_account import (
    TARGET,
    AwsAccount,
)
from tests.support.aws_answers import REGION

ZONE = f"{REGION}a"
STRANGER = [{"Key": "Project", "Value": "another"}, {"Key": "Environment", "Value": "dev"}]
CONTROLLER = [{"Key": "elbv2.k8s.aws/cluster", "Value": TARGET.cluster}]


def tagged(kind: str, tags: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": tags}]


def plant_network(
    aws: AwsAccount, tags: list[dict[str, str]], made: list[dict[str, str]]
) -> set[str]:
    """A network with what controllers leave in it; the ids of that."""
    ec2, elbv2 = aws.client("ec2"), aws.client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc", tags))["Vpc"]
    subnets = [
        ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=zone)
        for n, zone in enumerate((ZONE, f"{REGION}b"))
    ]
    ids = [subnet["Subnet"]["SubnetId"] for subnet in subnets]
    interface = ec2.create_network_interface(SubnetId=ids[0], Description="aws-K8S-i-0123")
    ec2.create_network_interface(SubnetId=ids[0], Description="Interface for NAT Gateway nat-1")
    group = ec2.create_security_group(
        GroupName="k8s-traffic",
        Description="made by the controller",
        VpcId=vpc["VpcId"],
        TagSpecifications=tagged("security-group", made),
    )
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip", tags))
    balancer = elbv2.create_load_balancer(
        Name=f"k8s-gw-{tags[0]['Value'][:6]}", Subnets=ids, Type="network", Tags=made
    )["LoadBalancers"][0]
    targets = elbv2.create_target_group(
        Name=f"k8s-tg-{tags[0]['Value'][:6]}",
        Protocol="TCP",
        Port=80,
        VpcId=vpc["VpcId"],
        Tags=made,
    )["TargetGroups"][0]
    return {
        interface["NetworkInterface"]["NetworkInterfaceId"],
        group["GroupId"],
        address["AllocationId"],
        balancer["LoadBalancerArn"],
        targets["TargetGroupArn"],
    }


def plant_disks(
    aws: AwsAccount, tags: list[dict[str, str]], made: list[dict[str, str]]
) -> set[str]:
    ec2 = aws.client("ec2")
    volume = ec2.create_volume(
        AvailabilityZone=ZONE, Size=20, TagSpecifications=tagged("volume", made)
    )["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume, TagSpecifications=tagged("snapshot", tags))
    template = ec2.create_launch_template(
        LaunchTemplateName=f"eks-{tags[0]['Value']}",
        LaunchTemplateData={"InstanceType": "m7i.large"},
        TagSpecifications=tagged("launch-template", made),
    )
    return {volume, snapshot["SnapshotId"], template["LaunchTemplate"]["LaunchTemplateId"]}


def plant_data(aws: AwsAccount, prefix: str, tags: list[dict[str, str]]) -> set[str]:
    aws.client("s3").create_bucket(
        Bucket=f"{prefix}-storage-models",
        CreateBucketConfiguration={"LocationConstraint": REGION},
    )
    files = aws.client("efs").create_file_system(CreationToken=prefix, Tags=tags)
    aws.client("ecr").create_repository(repositoryName=f"{prefix}/triton")
    aws.client("backup").create_backup_vault(BackupVaultName=f"{prefix}-storage-vault")
    aws.client("logs").create_log_group(logGroupName=f"/aws/eks/{prefix}/cluster")
    aws.client("logs").create_log_group(logGroupName=f"/aws/lambda/{prefix}-cluster-Handler")
    key = aws.client("kms").create_key(
        Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags]
    )
    return {
        f"{prefix}-storage-models",
        files["FileSystemId"],
        f"{prefix}/triton",
        f"{prefix}-storage-vault",
        f"/aws/eks/{prefix}/cluster",
        f"/aws/lambda/{prefix}-cluster-Handler",
        key["KeyMetadata"]["KeyId"],
    }
