"""The VPC: its address ranges, its ways out, and what it reaches without leaving AWS."""

import ipaddress
from itertools import combinations
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.group import Distinct, Group, RetentionDays

# With prefix delegation a node takes blocks of 16 addresses: 7 for 110 pods and one kept warm
# (docs.aws.amazon.com/eks, "Assign more IP addresses to Amazon EKS nodes with prefixes").
ADDRESSES_A_NODE = 8 * 16

InterfaceEndpoint = Literal[
    "autoscaling",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "elasticfilesystem",
    "elasticloadbalancing",
    "kms",
    "logs",
    "secretsmanager",
    "ssm",
    "sts",
]


# RFC 1918. Python's `is_private` knows more, such as 127.0.0.0/8 and 169.254.0.0/16.
PRIVATE_RANGES = tuple(
    map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
)


def ipv4_range(text: str) -> ipaddress.IPv4Network:
    """A range in the one notation that AWS takes.

    Raises:
        ValueError: it is none, or is written otherwise; says what to write.
    """
    try:
        network = ipaddress.IPv4Network(text, strict=False)
    except ValueError as error:
        raise ValueError("no IPv4 range: write for instance 10.10.0.0/16") from error
    if str(network) != text:
        raise ValueError(f"write the range as {network}")
    return network


def _range(text: str) -> str:
    ipv4_range(text)
    return text


def _vpc_range(text: str) -> str:
    network = ipv4_range(text)
    if not 16 <= network.prefixlen <= 20:
        raise ValueError("a VPC of this platform is a /16 to /20: pods need the addresses")
    if not any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise ValueError(f"not a private range: choose from {', '.join(map(str, PRIVATE_RANGES))}")
    return text


Cidr = Annotated[str, AfterValidator(_range)]
SubnetCidrs = tuple[Cidr, Cidr, Cidr]


class NetworkSettings(Group):
    """The VPC and its subnets, one of each kind in each zone."""

    cidr: Annotated[str, AfterValidator(_vpc_range)] = Field(
        description="IPv4 range of the VPC, /16 to /20"
    )
    public_cidrs: SubnetCidrs = Field(description="load balancers and NAT, a range each zone")
    private_cidrs: SubnetCidrs = Field(description="nodes and their pods, a range each zone")
    isolated_cidrs: SubnetCidrs = Field(description="file system; no way out, a range each zone")
    nat_gateways: int = Field(ge=1, le=3, description="1 is cheap; 3 survives the loss of a zone")
    interface_endpoints: Distinct[InterfaceEndpoint] = Field(
        description="services reached without NAT; each costs by the hour and zone"
    )
    flow_log_retention_days: RetentionDays = Field(
        default=90, description="who talked to whom, for the day when that matters"
    )

    @model_validator(mode="after")
    def _ranges_fit(self) -> Self:
        vpc = ipaddress.IPv4Network(self.cidr)
        named = {
            f"{kind}#{zone}": ipaddress.IPv4Network(cidr)
            for kind in ("public_cidrs", "private_cidrs", "isolated_cidrs")
            for zone, cidr in enumerate(getattr(self, kind), start=1)
        }
        for name, network in named.items():
            if not network.subnet_of(vpc):
                raise ValueError(f"{name} {network} is outside cidr {vpc}: choose a part of it")
            if network.prefixlen > 27:
                raise ValueError(
                    f"{name} {network} is too small: a load balancer needs a /27 at least"
                )
        for (name, network), (other, taken) in combinations(named.items(), 2):
            if network.overlaps(taken):
                raise ValueError(f"{other} {taken} overlaps {name} {network}: choose another range")
        return self

    @property
    def nodes_a_zone(self) -> int:
        """How many nodes the smallest private range has addresses for."""
        smallest = min(ipaddress.IPv4Network(c).num_addresses for c in self.private_cidrs)
        return smallest // ADDRESSES_A_NODE
