"""Room for nodes, networks and addresses."""

from collections.abc import Mapping
from typing import Any

import pytest

from config import GPU_INSTANCES, GeneralPool, GpuPool, NodePool
from config.naming import tags
from operations.doctor import addresses
from operations.doctor.quota import vcpu_quota
from operations.doctor.vcpus import check_vcpus
from operations.finding import Finding, Status
from tests.support.aws_answers import Answer, AnsweringAccount, Refused

OURS = [{"Key": key, "Value": value} for key, value in tags("prod").items()]
THEIRS = [{"Key": key, "Value": value} for key, value in tags("dev").items()]


def quotas(**limits: int) -> dict[str, Any]:
    """Service Quotas, by code without its ``L-``; what is missing is not known."""

    def answer(arguments: Mapping[str, Any]) -> Answer:
        code = arguments["QuotaCode"].removeprefix("L-")
        if code not in limits:
            return Refused("NoSuchResourceException")
        return {"Quota": {"Value": float(limits[code])}}

    return {
        "service-quotas:GetServiceQuota": answer,
        "service-quotas:GetAWSDefaultServiceQuota": Refused("NoSuchResourceException"),
    }


def general(**values: Any) -> NodePool:
    values = {"instance_types": ("m7i.large",), "min_size": 2, "max_size": 4} | values
    return GeneralPool(name="general", disk_size_gib=50, **values)


def gpu(name: str = "gpu", **values: Any) -> NodePool:
    values = {"instance_types": ("g6.xlarge",), "min_size": 1, "max_size": 3} | values
    return GpuPool(name=name, **values)


def vcpus(*pools: NodePool, **limits: int) -> list[Finding]:
    sizes = [{"InstanceType": "m7i.large", "VCpuInfo": {"DefaultVCpus": 2}}]
    types = {"ec2:DescribeInstanceTypes": {"InstanceTypes": sizes}}
    return list(check_vcpus(AnsweringAccount(types | quotas(**limits)), pools))


@pytest.mark.parametrize(
    ("limit", "status"),
    [(3, Status.FAIL), (4, Status.WARN), (11, Status.WARN), (12, Status.OK), (640, Status.OK)],
)
def test_the_smallest_size_must_fit_and_the_largest_should(limit: int, status: Status) -> None:
    (finding,) = vcpus(gpu(), DB2E81BA=limit)

    assert finding.status is status
    assert f"{limit} vCPUs allowed, 12 needed for pool gpu" in finding.found
    if status is not Status.OK:
        assert finding.fix == (
            "aws service-quotas request-service-quota-increase --service-code ec2 "
            "--quota-code L-DB2E81BA --desired-value 12 --region eu-central-1",
        )


def test_a_pool_that_starts_empty_never_fails() -> None:
    (finding,) = vcpus(gpu(min_size=0, capacity="spot"), **{"3819A6DF": 0})

    assert finding.status is Status.WARN


def test_pools_of_one_quota_are_added_and_their_largest_type_counts() -> None:
    both = vcpus(
        gpu("one", instance_types=("g5.4xlarge", "g6.xlarge"), min_size=1, max_size=2),
        gpu("two", min_size=1, max_size=1),
        DB2E81BA=36,
    )

    (finding,) = both
    assert finding.status is Status.OK
    assert "36 needed for pools one, two" in finding.found  # 2 * 16 + 1 * 4


def test_kinds_of_capacity_and_machines_have_quotas_of_their_own() -> None:
    found = vcpus(
        general(),
        gpu("demand"),
        gpu("spot", capacity="spot"),
        gpu("h100", instance_types=("p5.4xlarge",)),
        **{"1216C47A": 8, "DB2E81BA": 12, "3819A6DF": 11, "417A185B": 15},
    )

    assert [one.status for one in found] == [Status.OK, Status.OK, Status.WARN, Status.FAIL]


def test_a_quota_that_was_never_touched_is_known_by_its_default() -> None:
    default = {"service-quotas:GetAWSDefaultServiceQuota": {"Quota": {"Value": 12.0}}}
    (finding,) = check_vcpus(AnsweringAccount(quotas() | default), [gpu()])

    assert finding.status is Status.OK


def test_an_unknown_quota_is_a_warning() -> None:
    (finding,) = vcpus(gpu())

    assert finding.status is Status.WARN
    assert "Service Quotas has no Running On-Demand G and VT instances" in finding.found


def test_a_machine_whose_quota_nobody_published_is_a_warning() -> None:
    (finding,) = vcpus(gpu(instance_types=("p6-b200.48xlarge",), capacity="spot"))

    assert finding.status is Status.WARN
    assert "which quota counts p6-b200.48xlarge as spot is not known" in finding.found


def test_a_capacity_block_needs_no_quota() -> None:
    pool = gpu(
        instance_types=("p5.48xlarge",),
        capacity="capacity-block",
        capacity_reservation_id="cr-0123456789abcdef0",
        availability_zones=("eu-central-1a",),
    )

    (finding,) = vcpus(pool)

    assert finding.status is Status.SKIP


def test_machines_without_gpus_count_what_aws_says_of_them() -> None:
    (finding,) = vcpus(general(), **{"1216C47A": 7})

    assert finding.status is Status.WARN
    assert "8 needed for pool general" in finding.found


@pytest.mark.parametrize("name", sorted(GPU_INSTANCES))
def test_every_gpu_machine_has_a_quota_on_demand(name: str) -> None:
    quota = vcpu_quota(name, "on-demand")

    assert quota is not None
    assert f" {name[0].upper()} " in quota.name


@pytest.mark.parametrize("name", ["inf2.xlarge", "x2idn.16xlarge", "dl1.24xlarge", "mac2.metal"])
def test_families_that_only_begin_like_a_standard_one_are_not_taken_for_it(name: str) -> None:
    assert vcpu_quota(name, "on-demand") is None


@pytest.mark.parametrize(("limit", "status"), [(5, Status.FAIL), (6, Status.OK)])
def test_addresses_that_others_hold_are_gone_and_ours_are_there_already(
    limit: int, status: Status
) -> None:
    held = [{"Tags": OURS}, {"Tags": THEIRS}, {"Tags": THEIRS}, {}]
    answers = {"ec2:DescribeAddresses": {"Addresses": held}} | quotas(**{"0263D0A3": limit})

    (finding,) = addresses.check_addresses(AnsweringAccount(answers), "prod", nat_gateways=3)

    assert finding.status is status
    assert "6 needed, 3 for NAT gateways and 3 that others have" in finding.found


@pytest.mark.parametrize(
    ("vpcs", "status"),
    [([{}] * 4, Status.OK), ([{}] * 5, Status.FAIL), ([{}] * 4 + [{"Tags": OURS}], Status.OK)],
)
def test_one_more_vpc_must_fit(vpcs: list[dict[str, Any]], status: Status) -> None:
    answers = {"ec2:DescribeVpcs": {"Vpcs": vpcs}} | quotas(F678F1CE=5)

    (finding,) = addresses.check_vpcs(AnsweringAccount(answers), "prod")

    assert finding.status is status
    if status is Status.FAIL:
        assert "--service-code vpc --quota-code L-F678F1CE --desired-value 6" in finding.fix[0]


@pytest.mark.parametrize(("in_b", "status"), [(4, Status.OK), (5, Status.FAIL)])
def test_the_fullest_zone_must_take_one_more_nat_gateway(in_b: int, status: Status) -> None:
    gateways = [{"SubnetId": "b"}] * in_b + [
        {"SubnetId": "b", "Tags": OURS},
        {"SubnetId": "a"},
        {"AvailabilityMode": "regional"},
    ]
    subnets = [{"SubnetId": letter, "AvailabilityZone": f"eu-central-1{letter}"} for letter in "ab"]
    answers = quotas(FE5A380F=5) | {
        "ec2:DescribeNatGateways": {"NatGateways": gateways},
        "ec2:DescribeSubnets": {"Subnets": subnets},
    }

    (finding,) = addresses.check_nat_gateways(
        AnsweringAccount(answers), "prod", zones=["eu-central-1a", "eu-central-1b"]
    )

    assert finding.status is status
    assert "1 in eu-central-1b" in finding.found
