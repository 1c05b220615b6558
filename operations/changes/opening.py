"""From where a network address can be reached: ingress of security groups, the cluster's API."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from operations.changes.assembly import Resource
from operations.changes.holder import named

_ANY_PROTOCOL = "-1"
_EVERY_PORT = (0, 65535)
_WORLD = "0.0.0.0/0"
_SOURCES = (
    "CidrIp",
    "CidrIpv6",
    "SourceSecurityGroupId",
    "SourceSecurityGroupName",
    "SourcePrefixListId",
)


@dataclass(frozen=True, kw_only=True, order=True)
class Opening:
    """A source that is let in.

    Attributes:
        holder: What is opened, such as ``security group Nodes``.
        source: A CIDR, a security group or a prefix list.
        protocol: Such as tcp; -1 is any.
        ports: First and last; as text where CloudFormation computes them.
    """

    holder: str
    source: str
    protocol: str
    ports: tuple[int, int] | tuple[str, str]

    def covers(self, other: "Opening") -> bool:
        """Whether everything that the other lets in is let in by this one."""
        any_protocol = self.protocol == _ANY_PROTOCOL
        return (
            self.holder == other.holder
            and (any_protocol or self.protocol == other.protocol)
            and (any_protocol or _spans(self.ports, other.ports))
            and _contains(self.source, other.source)
        )

    def __str__(self) -> str:
        """For one line of a report."""
        first, last = self.ports
        ports = f"port {first}" if first == last else f"ports {first} to {last}"
        if self.protocol == _ANY_PROTOCOL:
            return f"{self.source} on every port and protocol"
        return f"{self.source} on {self.protocol} {ports}"


def openings(resources: Mapping[str, Resource]) -> set[Opening]:
    """Everything that the resources of a stack let in."""
    return {
        opening
        for logical_id, resource in resources.items()
        for opening in _openings(logical_id, resource["Type"], resource.get("Properties", {}))
    }


def _openings(logical_id: str, kind: str, properties: Mapping[str, Any]) -> Iterator[Opening]:
    match kind:
        case "AWS::EC2::SecurityGroup":
            rules = properties.get("SecurityGroupIngress", [])
            for rule in rules if isinstance(rules, list) else [rules]:
                yield from _ingress(logical_id, rule)
        case "AWS::EC2::SecurityGroupIngress":
            group = properties.get("GroupId", properties.get("GroupName", logical_id))
            yield from _ingress(named(group), properties)
        case "AWS::EKS::Cluster":
            network = properties.get("ResourcesVpcConfig", {})
            network = network if isinstance(network, dict) else {}
            # EKS opens its API to the world where a template says nothing.
            if network.get("EndpointPublicAccess", True) in (False, "false"):
                return
            sources = network.get("PublicAccessCidrs") or [_WORLD]
            for source in sources if isinstance(sources, list) else [sources]:
                yield Opening(
                    holder=f"API of cluster {logical_id}",
                    source=named(source),
                    protocol="tcp",
                    ports=(443, 443),
                )


def _ingress(group: str, rule: Any) -> Iterator[Opening]:
    holder = f"security group {group}"
    given = [key for key in _SOURCES if isinstance(rule, dict) and key in rule]
    if not given:
        yield Opening(holder=holder, source=named(rule), protocol=_ANY_PROTOCOL, ports=_EVERY_PORT)
    for key in given:
        protocol = named(rule.get("IpProtocol", _ANY_PROTOCOL)).lower()
        yield Opening(holder=holder, source=named(rule[key]), protocol=protocol, ports=_ports(rule))


def _ports(rule: Mapping[str, Any]) -> tuple[int, int] | tuple[str, str]:
    first, last = rule.get("FromPort", -1), rule.get("ToPort", -1)
    try:
        numbers = int(first), int(last)
    except (TypeError, ValueError):
        return named(first), named(last)
    return _EVERY_PORT if numbers == (-1, -1) else numbers


def _spans(outer: tuple[Any, Any], inner: tuple[Any, Any]) -> bool:
    if not all(isinstance(port, int) for port in (*outer, *inner)):
        return outer in (inner, _EVERY_PORT)
    return bool(outer[0] <= inner[0] and inner[1] <= outer[1])


def _contains(outer: str, inner: str) -> bool:
    if outer == inner:
        return True
    try:
        networks = ip_network(outer, strict=False), ip_network(inner, strict=False)
    except ValueError:
        return False
    return networks[0].version == networks[1].version and networks[1].subnet_of(networks[0])  # type: ignore[arg-type]
