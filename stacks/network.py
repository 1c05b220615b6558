"""The VPC that everything else lives in."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from config import Settings
from stacks.platform_stack import PlatformStack


class NetworkStack(PlatformStack):
    """A VPC over three zones; deleting it needs every other stack gone.

    Args:
        scope: The app.
        construct_id: The stack's name.
        settings: The environment.

    Attributes:
        vpc: With public subnets (load balancers), private ones (nodes) and isolated ones (file
            system).
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id, settings=settings)

        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(settings.network.cidr),
            availability_zones=self.availability_zones,
            nat_gateways=settings.network.nat_gateways,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24
                ),
                # No mask: the nodes and their pods share what the small subnets leave.
                ec2.SubnetConfiguration(
                    name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS
                ),
                ec2.SubnetConfiguration(
                    name="Isolated", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24
                ),
            ],
            # Image layers come from S3: through NAT they would cost by the gigabyte.
            gateway_endpoints={
                "S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)
            },
        )
        cdk.Validations.of(self).acknowledge(
            cdk.Acknowledgment(
                id="CloudFormation-Validate::W3010",
                reason="zones are named on purpose: not every zone offers GPUs, and a look-up "
                "would need an account",
            )
        )
