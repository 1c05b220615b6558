"""The VPC that everything else lives in."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from config import NetworkSettings, Settings
from platform_constructs.explicit_addresses import ExplicitAddresses
from platform_constructs.log_group import EncryptedLogGroup
from stacks.platform_stack import PlatformStack
from stacks.safeguards import Safeguards

_PUBLIC, _PRIVATE, _ISOLATED = "Public", "Private", "Isolated"

# By these tags the load balancer controller and EKS find the subnets.
_ROLE_TAGS = {_PUBLIC: "kubernetes.io/role/elb", _PRIVATE: "kubernetes.io/role/internal-elb"}


class NetworkStack(PlatformStack):
    """A VPC over three zones; deleting it needs every later stack gone.

    Args:
        scope: The app.
        settings: The environment.
        safeguards: Boundary, keys and access logs.

    Attributes:
        vpc: With public subnets (load balancers), private ones (nodes) and isolated ones (file
            system).
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        safeguards: Safeguards,
    ) -> None:
        super().__init__(scope, "network", settings=settings, safeguards=safeguards)
        network = settings.network

        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ExplicitAddresses(
                vpc_cidr=network.cidr,
                subnet_cidrs={
                    _PUBLIC: network.public_cidrs,
                    _PRIVATE: network.private_cidrs,
                    _ISOLATED: network.isolated_cidrs,
                },
            ),
            availability_zones=self.availability_zones,
            nat_gateways=network.nat_gateways,
            subnet_configuration=[
                # Nothing but load balancers and NAT gateways, which bring their own addresses.
                ec2.SubnetConfiguration(
                    name=_PUBLIC, subnet_type=ec2.SubnetType.PUBLIC, map_public_ip_on_launch=False
                ),
                ec2.SubnetConfiguration(
                    name=_PRIVATE, subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
                ),
                ec2.SubnetConfiguration(
                    name=_ISOLATED, subnet_type=ec2.SubnetType.PRIVATE_ISOLATED
                ),
            ],
            # Image layers come from S3: through NAT they would cost by the gigabyte.
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
        )
        for name, tag in _ROLE_TAGS.items():
            for subnet in self.vpc.select_subnets(subnet_group_name=name).subnets:
                cdk.Tags.of(subnet).add(tag, "1")
        if network.interface_endpoints:
            self._add_endpoints(network)
        flow_logs = EncryptedLogGroup(
            self,
            "FlowLogs",
            key=safeguards.keys.logs,
            retention_days=network.flow_log_retention_days,
            removal_policy=self.data_policy,
        )
        # CDK's own role would write for the flow log of any account.
        writer = iam.Role(
            self,
            "FlowLogWriter",
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": self.account}},
            ),
        )
        self.vpc.add_flow_log(
            "FlowLog",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(flow_logs.group, writer),
        )
        cdk.Validations.of(self).acknowledge(
            cdk.Acknowledgment(
                id="CloudFormation-Validate::W3010",
                reason="zones are named on purpose: not every zone offers GPUs, and a look-up "
                "would need an account",
            )
        )

    def _add_endpoints(self, network: NetworkSettings) -> None:
        callers = ec2.SecurityGroup(
            self,
            "Endpoints",
            vpc=self.vpc,
            description="AWS services inside the VPC",
            allow_all_outbound=False,
        )
        callers.add_ingress_rule(
            ec2.Peer.ipv4(network.cidr), ec2.Port.HTTPS, "TLS from inside the VPC"
        )
        for service in network.interface_endpoints:
            self.vpc.add_interface_endpoint(
                service,
                service=ec2.InterfaceVpcEndpointAwsService(service),
                subnets=ec2.SubnetSelection(subnet_group_name=_PRIVATE),
                security_groups=[callers],
                open=False,
            )
