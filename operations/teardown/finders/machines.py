"""EC2 instances, their disks, and what starts them."""

from collections.abc import Iterator

from operations.aws.account import Account
from operations.aws.tags import tags_of
from operations.teardown.finders.found import Found
from operations.teardown.finders.tagged import ec2_tagged, owner
from operations.teardown.kinds import INSTANCE, LAUNCH_TEMPLATE, SNAPSHOT, VOLUME
from operations.teardown.target import Target

_CLAIM = "kubernetes.io/created-for/pvc/"


def instances(account: Account, target: Target) -> Iterator[Found]:
    """Instances that still run: nodes that outlived their group."""
    for reservation in account.ask_all(
        "ec2",
        "describe_instances",
        "Reservations",
        Filters=[
            {"Name": "instance-state-name", "Values": ["pending", "running", "stopping", "stopped"]}
        ],
    ):
        for item in reservation["Instances"]:
            if target.owns(tags_of(item)):
                yield Found(
                    type=INSTANCE,
                    id=item["InstanceId"],
                    detail=f"{item['InstanceType']}, {item['State']['Name']}",
                    owner=target.cluster,
                )


def volumes(account: Account, target: Target) -> Iterator[Found]:
    """Volumes, with the claim that each was made for."""
    for item in ec2_tagged(account, target, "describe_volumes", "Volumes", "VolumeId"):
        tags = tags_of(item)
        claim = "/".join(
            tags[key] for key in (f"{_CLAIM}namespace", f"{_CLAIM}name") if key in tags
        )
        yield Found(
            type=VOLUME,
            id=item["VolumeId"],
            detail=f"{item['State']}{f', of the claim {claim}' if claim else ''}",
            gib=item["Size"],
            owner=owner(target, item),
        )


def snapshots(account: Account, target: Target) -> Iterator[Found]:
    """Snapshots of volumes; the size is that of the volume, what is stored may be less."""
    for item in ec2_tagged(
        account, target, "describe_snapshots", "Snapshots", "SnapshotId", OwnerIds=["self"]
    ):
        yield Found(
            type=SNAPSHOT,
            id=item["SnapshotId"],
            detail=f"of {item['VolumeId']}",
            gib=item["VolumeSize"],
            owner=owner(target, item),
        )


def launch_templates(account: Account, target: Target) -> Iterator[Found]:
    """Launch templates, also those that EKS makes for node groups."""
    for item in ec2_tagged(
        account, target, "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"
    ):
        yield Found(
            type=LAUNCH_TEMPLATE,
            id=item["LaunchTemplateId"],
            detail=item["LaunchTemplateName"],
            owner=owner(target, item),
        )
