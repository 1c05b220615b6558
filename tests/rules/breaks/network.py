"""Mistakes in the VPC."""

from tests.rules.breaking import Break, add, drop, put, swap
from tests.rules.checks.network import (
    endpoints_are_those_of_the_settings,
    load_balancers_find_their_subnets,
    machines_get_no_public_address,
    no_port_is_open_to_the_internet,
    s3_is_reached_without_nat,
    subnets_are_where_the_settings_say,
    the_default_security_group_lets_nobody_in,
    traffic_is_written_down,
)

SUBNET, ENDPOINT = "AWS::EC2::Subnet", "AWS::EC2::VPCEndpoint"
INGRESS = "AWS::EC2::SecurityGroupIngress"

BREAKS = (
    Break(
        subnets_are_where_the_settings_say,
        put("network", SUBNET, "Properties/AvailabilityZone", "eu-central-1a", where="1b"),
        "public subnet 10.30.1.0/24 in eu-central-1a",
    ),
    Break(
        subnets_are_where_the_settings_say,
        swap("network", "AWS::EC2::Route", "NatGatewayId", "GatewayId"),
        "public subnet 10.30.64.0/18 in eu-central-1a",
    ),
    Break(
        machines_get_no_public_address,
        put("network", SUBNET, "Properties/MapPublicIpOnLaunch", True),
        "gives public addresses",
    ),
    Break(
        load_balancers_find_their_subnets,
        swap("network", SUBNET, "kubernetes.io/role/internal-elb", "kubernetes.io/role/elb"),
        "has the roles ['kubernetes.io/role/elb']",
    ),
    Break(traffic_is_written_down, drop("network", "AWS::EC2::FlowLog"), "has no flow log"),
    Break(
        traffic_is_written_down,
        put("network", "AWS::EC2::FlowLog", "Properties/TrafficType", "REJECT"),
        "has no flow log",
    ),
    Break(
        s3_is_reached_without_nat,
        put("network", ENDPOINT, "Properties/RouteTableIds", [], where="Gateway"),
        "has no way to S3 but NAT",
    ),
    Break(
        endpoints_are_those_of_the_settings,
        drop("network", ENDPOINT, where="secretsmanager"),
        "endpoint of secretsmanager",
    ),
    Break(
        endpoints_are_those_of_the_settings,
        put("network", ENDPOINT, "Properties/PrivateDnsEnabled", False, where="kms"),
        "has another name",
    ),
    Break(
        endpoints_are_those_of_the_settings,
        put("network", ENDPOINT, "Properties/SubnetIds", [{"Ref": "One"}], where="kms"),
        "is not in every zone",
    ),
    Break(
        no_port_is_open_to_the_internet,
        swap("network", "AWS::EC2::SecurityGroup", "10.30.0.0/16", "0.0.0.0/0"),
        "lets 0.0.0.0/0 in",
    ),
    Break(
        no_port_is_open_to_the_internet,
        add("storage", INGRESS, IpProtocol="tcp", CidrIpv6="::/0"),
        "lets ::/0 in",
    ),
    Break(
        no_port_is_open_to_the_internet,
        add("cluster", INGRESS, IpProtocol="tcp", CidrIp="203.0.113.0/24"),
        "lets 203.0.113.0/24 in",
    ),
    Break(
        the_default_security_group_lets_nobody_in,
        drop("network", "Custom::VpcRestrictDefaultSG"),
        "has an open default security group",
    ),
)
