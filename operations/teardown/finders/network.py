"""What holds a VPC: interfaces, load balancers, security groups and addresses."""

from collections.abc import Iterator
from typing import Any

from operations.aws.account import Account
from operations.teardown import load_balancers
from operations.teardown.finders.found import Found
from operations.teardown.finders.tagged import ec2_tagged, owner
from operations.teardown.kinds import ADDRESS, INTERFACE, SECURITY_GROUP, TARGET_GROUP
from operations.teardown.target import Target

# How the descriptions of interfaces begin that nobody may be left to delete: those of the VPC
# CNI, of the EKS control plane, of load balancers and of functions.
_CNI = "aws-K8S-"
_EKS = "Amazon EKS "
_BALANCER = "ELB "
_FUNCTION = "AWS Lambda VPC ENI-"


def network_interfaces(account: Account, target: Target) -> Iterator[Found]:
    """Interfaces of the cluster, by tag, and in the environment's network, by description."""
    found: dict[str, Found] = {}
    for item in ec2_tagged(
        account, target, "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"
    ):
        one = _interface(item, owner(target, item))
        found[one.id] = one
    for item in _in_our_networks(account, target, "describe_network_interfaces"):
        told = item.get("Description", "")
        if told.startswith(_FUNCTION):
            one = _interface(item, told.removeprefix(_FUNCTION))
        elif told.startswith((_CNI, _EKS, _BALANCER)):
            one = _interface(item, target.cluster)
        else:
            continue  # of a NAT gateway, an endpoint or a mount target: it goes with that
        found.setdefault(one.id, one)
    yield from found.values()


def security_groups(account: Account, target: Target) -> Iterator[Found]:
    """Security groups that controllers or EKS made."""
    found = {
        item["GroupId"]: Found(
            type=SECURITY_GROUP,
            id=item["GroupId"],
            detail=item["GroupName"],
            owner=owner(target, item),
        )
        for item in ec2_tagged(
            account, target, "describe_security_groups", "SecurityGroups", "GroupId"
        )
    }
    for item in _in_our_networks(account, target, "describe_security_groups"):
        if item["GroupName"].startswith("k8s-"):
            one = Found(
                type=SECURITY_GROUP,
                id=item["GroupId"],
                detail=item["GroupName"],
                owner=target.cluster,
            )
            found.setdefault(one.id, one)
    yield from found.values()


def addresses(account: Account, target: Target) -> Iterator[Found]:
    """Elastic IPs; one that nobody uses costs as much as one in use."""
    for item in ec2_tagged(account, target, "describe_addresses", "Addresses", "AllocationId"):
        used = "in use" if item.get("AssociationId") else "not in use"
        yield Found(
            type=ADDRESS,
            id=item["AllocationId"],
            detail=f"{item['PublicIp']}, {used}",
            aliases=(item["PublicIp"],),
            owner=owner(target, item),
        )


def balancers(account: Account, target: Target) -> Iterator[Found]:
    """Load balancers of every generation."""
    for one in load_balancers.load_balancers(account, target.owns):
        yield Found(type=one.type, id=one.id, detail=one.name, owner=target.cluster)


def target_groups(account: Account, target: Target) -> Iterator[Found]:
    """Target groups, which may outlive their load balancer."""
    groups = account.ask_all("elbv2", "describe_target_groups", "TargetGroups")
    names = {one["TargetGroupArn"]: one["TargetGroupName"] for one in groups}
    for arn, tags in load_balancers.elbv2_tags(account, list(names)):
        if target.owns(tags):
            yield Found(type=TARGET_GROUP, id=arn, detail=names[arn], owner=target.cluster)


def _interface(item: dict[str, Any], owner: str) -> Found:
    return Found(
        type=INTERFACE,
        id=item["NetworkInterfaceId"],
        detail=f"{item.get('Description') or 'no description'}, {item['Status']}",
        owner=owner,
    )


def _in_our_networks(account: Account, target: Target, operation: str) -> Iterator[dict[str, Any]]:
    key = {
        "describe_network_interfaces": "NetworkInterfaces",
        "describe_security_groups": "SecurityGroups",
    }[operation]
    ours = [vpc["VpcId"] for vpc in ec2_tagged(account, target, "describe_vpcs", "Vpcs", "VpcId")]
    if ours:
        filters = [{"Name": "vpc-id", "Values": ours}]
        yield from account.ask_all("ec2", operation, key, Filters=filters)
