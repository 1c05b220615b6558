"""The VPC."""

from collections.abc import Mapping

from aws_cdk.assertions import Match, Template

from config import load_settings


def test_subnets_lie_in_the_named_zones(synth: Mapping[str, Template]) -> None:
    subnets = synth["network"].find_resources("AWS::EC2::Subnet").values()

    zones = [subnet["Properties"]["AvailabilityZone"] for subnet in subnets]
    assert sorted(zones) == sorted(load_settings("dev").availability_zones * 3)


def test_the_environment_decides_how_many_nat_gateways_there_are(
    synth: Mapping[str, Template], synth_prod: Mapping[str, Template]
) -> None:
    synth["network"].resource_count_is("AWS::EC2::NatGateway", 1)
    synth_prod["network"].resource_count_is("AWS::EC2::NatGateway", 3)


def test_s3_is_reached_without_nat(synth: Mapping[str, Template]) -> None:
    synth["network"].has_resource_properties(
        "AWS::EC2::VPCEndpoint",
        {
            "VpcEndpointType": "Gateway",
            "ServiceName": Match.object_like({"Fn::Join": Match.any_value()}),
        },
    )


def test_everything_is_tagged_with_project_and_environment(synth: Mapping[str, Template]) -> None:
    synth["network"].has_resource_properties(
        "AWS::EC2::VPC",
        {
            "Tags": Match.array_with(
                [
                    {"Key": "Environment", "Value": "dev"},
                    {"Key": "Project", "Value": "triton-platform"},
                ]
            )
        },
    )
