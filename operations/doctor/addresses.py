"""Whether the account has room for one more network: its VPC, NAT gateways and their addresses."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from config.naming import tags
from operations.aws.account import Account
from operations.aws.tags import tags_of
from operations.doctor.quota import ELASTIC_IPS, NAT_GATEWAYS, VPCS, Quota, judge
from operations.finding import Finding

ADDRESSES = "elastic IPs"
NETWORK = "VPCs"
GATEWAYS = "NAT gateways"


def check_addresses(account: Account, environment: str, *, nat_gateways: int) -> Iterator[Finding]:
    """Are there elastic IPs for the NAT gateways, beside those that others hold?"""
    found = account.ask("ec2", "describe_addresses")["Addresses"]
    others = sum(not _ours(one, environment) for one in found)
    yield _judge(
        account, ELASTIC_IPS, ADDRESSES, others, nat_gateways, "addresses", "for NAT gateways"
    )


def check_vpcs(account: Account, environment: str) -> Iterator[Finding]:
    """Is there room for a VPC?"""
    found = account.ask_all("ec2", "describe_vpcs", "Vpcs")
    others = sum(not _ours(one, environment) for one in found)
    yield _judge(account, VPCS, NETWORK, others, 1, "VPCs", "for the environment")


def check_nat_gateways(
    account: Account, environment: str, *, zones: Sequence[str]
) -> Iterator[Finding]:
    """Is there room for a NAT gateway in the fullest of the zones that get one?"""
    gateways = account.ask_all(
        "ec2",
        "describe_nat_gateways",
        "NatGateways",
        Filter=[{"Name": "state", "Values": ["pending", "available", "deleting"]}],
    )
    subnets = account.ask_all("ec2", "describe_subnets", "Subnets")
    zone_of = {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in subnets}
    others = Counter(
        zone_of.get(gateway.get("SubnetId"))
        for gateway in gateways
        if not _ours(gateway, environment)
    )
    fullest = max(zones, key=lambda zone: others[zone])
    yield _judge(account, NAT_GATEWAYS, GATEWAYS, others[fullest], 1, "gateways", f"in {fullest}")


def _judge(
    account: Account, quota: Quota, title: str, others: int, ours: int, unit: str, where: str
) -> Finding:
    return judge(
        account,
        quota,
        title=title,
        least=others + ours,
        most=others + ours,
        needs=f"needed, {ours} {where} and {others} that others have",
        unit=unit,
        without="the network stack fails",
    )


def _ours(resource: Mapping[str, Any], environment: str) -> bool:
    return tags(environment).items() <= tags_of(resource).items()
