"""Regions, zones and address ranges: what cannot be deployed is told with what to write."""

from pathlib import Path

import pytest
from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

from config import load_settings
from config.regions import ZONES
from tests.support.settings_mistakes import assert_refused, write_settings

PUBLIC = 'public_cidrs = ["10.10.0.0/24"'
PRIVATE = 'private_cidrs = ["10.10.64.0/18", "10.10.128.0/18", "10.10.192.0/18"]'


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "remedy"),
    [
        pytest.param(
            'region = "eu-central-1"',
            'region = "mars-1"',
            "region",
            "'mars-1'",
            "choose af-south-1, ap-east-1",
            id="unknown region",
        ),
        pytest.param(
            'region = "eu-central-1"',
            'region = "us-west-1"',
            "region",
            "'us-west-1'",
            "no region with three zones: choose",
            id="region of two zones",
        ),
        pytest.param(
            "eu-central-1c",
            "us-east-1a",
            "availability_zones",
            "'us-east-1a' is not in eu-central-1",
            "choose three of eu-central-1a, eu-central-1b, eu-central-1c",
            id="zone of another region",
        ),
        pytest.param(
            "eu-central-1c",
            "eu-central-1a",
            "availability_zones",
            "'eu-central-1a' is named twice",
            "remove one, or name another",
            id="equal zones",
        ),
        pytest.param(
            ', "eu-central-1c"]', "]", "availability_zones#3", "missing", "add it", id="two zones"
        ),
        pytest.param(
            '"eu-central-1c"]',
            '"eu-central-1c", "eu-central-1d"]',
            "availability_zones",
            "'eu-central-1d'",
            "name 3 at most",
            id="four zones",
        ),
        pytest.param(
            "10.10.0.0/16",
            "ten",
            "network.cidr",
            "'ten'",
            "no IPv4 range: write for instance 10.10.0.0/16",
            id="no range",
        ),
        pytest.param(
            "10.10.0.0/16",
            "fd00::/16",
            "network.cidr",
            "'fd00::/16'",
            "write for instance 10.10.0.0/16",
            id="IPv6",
        ),
        pytest.param(
            "10.10.0.0/16",
            "10.10.0.1/16",
            "network.cidr",
            "'10.10.0.1/16'",
            "write the range as 10.10.0.0/16",
            id="range of a host",
        ),
        pytest.param(
            "10.10.0.0/16",
            "10.10.0.0/255.255.0.0",
            "network.cidr",
            "'10.10.0.0/255.255.0.0'",
            "write the range as 10.10.0.0/16",
            id="mask written out",
        ),
        pytest.param(
            "10.10.0.0/16", "10.10.0.0/28", "network.cidr", "/28'", "/16 to /20", id="small VPC"
        ),
        pytest.param(
            "10.10.0.0/16", "10.0.0.0/8", "network.cidr", "/8'", "/16 to /20", id="large VPC"
        ),
        pytest.param(
            "10.10.0.0/16",
            "8.8.0.0/16",
            "network.cidr",
            "'8.8.0.0/16'",
            "choose from 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16",
            id="addresses of the internet",
        ),
        pytest.param(
            "10.10.0.0/16",
            "127.0.0.0/16",
            "network.cidr",
            "'127.0.0.0/16'",
            "not a private range",
            id="addresses of the machine itself",
        ),
        pytest.param(
            PUBLIC,
            'public_cidrs = ["10.11.0.0/24"',
            "network",
            "public_cidrs#1 10.11.0.0/24 is outside cidr 10.10.0.0/16",
            "choose a part of it",
            id="subnet outside the VPC",
        ),
        pytest.param(
            PUBLIC,
            'public_cidrs = ["10.10.0.0/28"',
            "network",
            "public_cidrs#1 10.10.0.0/28 is too small",
            "a load balancer needs a /27 at least",
            id="small subnet",
        ),
        pytest.param(
            PUBLIC,
            'public_cidrs = ["10.10.5.0/26"',
            "network",
            "isolated_cidrs#2 10.10.5.0/24 overlaps public_cidrs#1 10.10.5.0/26",
            "choose another range",
            id="overlapping subnets",
        ),
        pytest.param(
            ', "10.10.2.0/24"]',
            "]",
            "network.public_cidrs#3",
            "missing",
            "add it",
            id="two subnets for three zones",
        ),
        pytest.param(
            "nat_gateways = 1",
            "nat_gateways = 0",
            "network.nat_gateways",
            "0:",
            "write 1 or more",
            id="no way out",
        ),
        pytest.param(
            "nat_gateways = 1",
            "nat_gateways = 4",
            "network.nat_gateways",
            "4:",
            "write 3 or less (1 is cheap; 3 survives the loss of a zone)",
            id="more ways out than zones",
        ),
        pytest.param(
            "interface_endpoints = []",
            'interface_endpoints = ["ec2", "sts", "ec2"]',
            "network.interface_endpoints",
            "'ec2' is named twice",
            "remove one",
            id="endpoint named twice",
        ),
        pytest.param(
            "interface_endpoints = []",
            'interface_endpoints = ["ec2", "s3"]',
            "network.interface_endpoints#2",
            "'s3'",
            "choose 'autoscaling', 'ec2'",
            id="unknown endpoint",
        ),
        pytest.param(
            "flow_log_retention_days = 30",
            "flow_log_retention_days = 31",
            "network.flow_log_retention_days",
            "31",
            "choose 1, 3, 5, 7, 14, 30, 60",
            id="retention that CloudWatch does not have",
        ),
        pytest.param(
            PRIVATE,
            'private_cidrs = ["10.10.8.0/24", "10.10.9.0/24", "10.10.10.0/24"]',
            "network.private_cidrs",
            "addresses for 2 nodes a zone with their pods, and the pools may grow to 3 nodes in "
            "eu-central-1a",
            "widen the ranges, or lower max_size",
            id="more nodes than addresses",
        ),
    ],
)
def test_a_mistake_is_told_with_key_value_and_remedy(
    tmp_path: Path, old: str, new: str, key: str, value: str, remedy: str
) -> None:
    assert_refused(write_settings(tmp_path, old, new), key, value, remedy)


def test_a_pool_in_one_zone_takes_its_addresses_there(tmp_path: Path) -> None:
    few = 'private_cidrs = ["10.10.8.0/23", "10.10.10.0/23", "10.10.12.0/23"]'
    path = write_settings(tmp_path, PRIVATE, few)
    # The general pool has 3 of its 6 nodes in a zone when another is lost.
    text = path.read_text(encoding="utf-8").replace("max_size = 4", "max_size = 6")
    one_zone = 'max_size = {}\navailability_zones = ["eu-central-1b"]'

    path.write_text(text.replace("max_size = 2", one_zone.format(1)), encoding="utf-8")
    assert load_settings(str(path)).network.nodes_a_zone == 4
    path.write_text(text.replace("max_size = 2", one_zone.format(2)), encoding="utf-8")

    assert_refused(path, "network.private_cidrs", "5 nodes in eu-central-1b", "lower max_size")


def test_the_zones_are_those_that_aws_has() -> None:
    known = {
        region: tuple(zone.name for zone in zones)
        for region, zones in RegionsAndZonesBackend.zones.items()
    }

    assert {region: known.get(region) for region in ZONES} == ZONES


def test_every_region_that_can_carry_the_platform_is_known() -> None:
    able = {
        region
        for region, zones in RegionsAndZonesBackend.zones.items()
        if len(zones) >= 3 and not region.startswith("cn-")
    }

    assert able == set(ZONES)
