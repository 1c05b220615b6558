"""The VPC, and who reaches what in it."""

import ipaddress
from collections.abc import Iterator

from tests.rules.deployment import Deployment, Resource

_EVERYWHERE = frozenset({"0.0.0.0/0", "::/0"})
_BALANCER_TAGS = {
    "public": "kubernetes.io/role/elb",
    "private": "kubernetes.io/role/internal-elb",
}


def kind_of(deployment: Deployment, subnet: Resource) -> str:
    """Public, private or isolated: where its route to everywhere leads, whatever it is called."""
    tables = {
        str(deployment.origin(link.stack, link.properties["RouteTableId"]))
        for link in deployment.resources("AWS::EC2::SubnetRouteTableAssociation")
        if deployment.origin(link.stack, link.properties["SubnetId"]) == subnet
    }
    routes = [
        route.properties
        for route in deployment.resources("AWS::EC2::Route")
        if str(deployment.origin(route.stack, route.properties["RouteTableId"])) in tables
    ]
    if any("GatewayId" in route for route in routes):
        return "public"
    return "private" if routes else "isolated"


def subnets_are_where_the_settings_say(deployment: Deployment) -> Iterator[str]:
    """Ranges, kinds and zones."""
    network = deployment.settings.network
    wanted = {
        (kind, cidr, zone)
        for kind in ("public", "private", "isolated")
        for cidr, zone in zip(
            getattr(network, f"{kind}_cidrs"), deployment.settings.availability_zones, strict=True
        )
    }
    found = {
        (
            kind_of(deployment, subnet),
            subnet.properties["CidrBlock"],
            subnet.properties["AvailabilityZone"],
        )
        for subnet in deployment.resources("AWS::EC2::Subnet")
    }
    for kind, cidr, zone in sorted(found ^ wanted):
        yield f"{kind} subnet {cidr} in {zone}"


def machines_get_no_public_address(deployment: Deployment) -> Iterator[str]:
    """In a public subnet neither."""
    for subnet in deployment.resources("AWS::EC2::Subnet"):
        if subnet.properties.get("MapPublicIpOnLaunch"):
            yield f"{subnet} gives public addresses"


def load_balancers_find_their_subnets(deployment: Deployment) -> Iterator[str]:
    """By the tags that EKS and the load balancer controller look for."""
    for subnet in deployment.resources("AWS::EC2::Subnet"):
        tag = _BALANCER_TAGS.get(kind_of(deployment, subnet))
        roles = {key for key in subnet.tags if key.startswith("kubernetes.io/role/")}
        if roles != ({tag} if tag else set()):
            yield f"{subnet} has the roles {sorted(roles)}"


def traffic_is_written_down(deployment: Deployment) -> Iterator[str]:
    """A flow log of everything, in a log group of ours."""
    for vpc in deployment.resources("AWS::EC2::VPC"):
        logs = [
            log
            for log in deployment.resources("AWS::EC2::FlowLog")
            if deployment.origin(log.stack, log.properties["ResourceId"]) == vpc
            and log.properties["TrafficType"] == "ALL"
            and deployment.origin(log.stack, log.properties.get("LogGroupName"))
        ]
        if not logs:
            yield f"{vpc} has no flow log of all traffic"


def s3_is_reached_without_nat(deployment: Deployment) -> Iterator[str]:
    """From every route table."""
    tables = {str(table) for table in deployment.resources("AWS::EC2::RouteTable")}
    for endpoint in deployment.resources("AWS::EC2::VPCEndpoint"):
        if endpoint.properties["VpcEndpointType"] == "Gateway":
            tables -= {
                str(deployment.origin(endpoint.stack, table))
                for table in endpoint.properties["RouteTableIds"]
                if deployment.text(endpoint.stack, endpoint.properties["ServiceName"]).endswith(
                    ".s3"
                )
            }
    for table in sorted(tables):
        yield f"{table} has no way to S3 but NAT"


def endpoints_are_those_of_the_settings(deployment: Deployment) -> Iterator[str]:
    """Under the names that AWS' libraries use by themselves, in every private subnet."""
    prefix = f"com.amazonaws.{deployment.settings.region}."
    found = set()
    for endpoint in deployment.resources("AWS::EC2::VPCEndpoint"):
        if endpoint.properties["VpcEndpointType"] != "Interface":
            continue
        name = deployment.text(endpoint.stack, endpoint.properties["ServiceName"])
        found.add(name.removeprefix(prefix))
        if endpoint.properties.get("PrivateDnsEnabled") is not True:
            yield f"{endpoint} has another name than the service"
        if len(endpoint.properties["SubnetIds"]) != 3:
            yield f"{endpoint} is not in every zone"
    for service in sorted(found ^ set(deployment.settings.network.interface_endpoints)):
        yield f"endpoint of {service}"


def no_port_is_open_to_the_internet(deployment: Deployment) -> Iterator[str]:
    """Ranges that may come in lie within the VPC."""
    vpc = ipaddress.IPv4Network(deployment.settings.network.cidr)
    for resource in deployment.resources(
        "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"
    ):
        rules = (
            resource.properties.get("SecurityGroupIngress", ())
            if resource.type == "AWS::EC2::SecurityGroup"
            else [resource.properties]
        )
        for rule in rules:
            for key in ("CidrIp", "CidrIpv6"):
                cidr = deployment.text(resource.stack, rule[key]) if key in rule else None
                if cidr is None:
                    continue
                inside = key == "CidrIp" and ipaddress.IPv4Network(cidr).subnet_of(vpc)
                if cidr in _EVERYWHERE or not inside:
                    yield f"{resource} lets {cidr} in"


def the_default_security_group_lets_nobody_in(deployment: Deployment) -> Iterator[str]:
    """AWS makes it open; CDK's function shuts it."""
    shut = {
        str(deployment.origin(one.stack, one.properties["DefaultSecurityGroupId"]))
        for one in deployment.resources("Custom::VpcRestrictDefaultSG")
    }
    for vpc in deployment.resources("AWS::EC2::VPC"):
        if str(vpc) not in shut:
            yield f"{vpc} has an open default security group"


RULES = (
    subnets_are_where_the_settings_say,
    machines_get_no_public_address,
    load_balancers_find_their_subnets,
    traffic_is_written_down,
    s3_is_reached_without_nat,
    endpoints_are_those_of_the_settings,
    no_port_is_open_to_the_internet,
    the_default_security_group_lets_nobody_in,
)
