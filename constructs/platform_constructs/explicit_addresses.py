"""Address ranges of a VPC that are written down, not computed."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import jsii
from aws_cdk import aws_ec2 as ec2


@jsii.implements(ec2.IIpAddresses)
class ExplicitAddresses:
    """Gives each subnet the range that the settings name.

    CDK would cut the VPC's range by itself, and move every subnet when one is added.

    Args:
        vpc_cidr: Range of the VPC.
        subnet_cidrs: By the name of the subnet configuration, one range a zone, in zone order.
    """

    def __init__(self, *, vpc_cidr: str, subnet_cidrs: Mapping[str, Sequence[str]]) -> None:
        self._vpc_cidr = vpc_cidr
        self._subnet_cidrs = subnet_cidrs

    def allocate_vpc_cidr(self) -> ec2.VpcIpamOptions:
        """The range of the VPC; called by ``ec2.Vpc``."""
        return ec2.VpcIpamOptions(cidr_block=self._vpc_cidr)

    def allocate_subnets_cidr(
        self,
        *,
        requested_subnets: Sequence[ec2.RequestedSubnet | dict[str, Any]],
        vpc_cidr: str,
    ) -> ec2.SubnetIpamOptions:
        """The ranges of the subnets, in the order asked; called by ``ec2.Vpc``.

        Args:
            requested_subnets: Each names its configuration; its zones come in order.
            vpc_cidr: Unused: the ranges are known.
        """
        left = {name: iter(cidrs) for name, cidrs in self._subnet_cidrs.items()}
        return ec2.SubnetIpamOptions(
            allocated_subnets=[
                ec2.AllocatedSubnet(cidr=next(left[subnet.configuration.name]))
                for subnet in cast(Sequence[ec2.RequestedSubnet], requested_subnets)
            ]
        )
