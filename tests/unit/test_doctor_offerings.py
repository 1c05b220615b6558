"""The pools' machines in the pools' zones."""

import pytest

from config import GeneralPool, GpuPool, NodePool
from operations.doctor.offerings import check_offerings
from operations.finding import Finding, Status
from tests.support.aws_answers import AnsweringAccount

FILE = "config/environments/prod.toml"
A, B, C = (f"eu-central-1{letter}" for letter in "abc")
GENERAL = GeneralPool(
    name="general", instance_types=("m7i.large",), min_size=2, max_size=4, disk_size_gib=50
)
GPU = GpuPool(name="gpu", instance_types=("g6.xlarge", "g5.xlarge"), min_size=0, max_size=2)
IN_ONE_ZONE = GPU.model_copy(update={"availability_zones": (B,)})


def look(pool: NodePool, *offered: tuple[str, str]) -> Finding:
    answer = [{"InstanceType": name, "Location": zone} for name, zone in offered]
    account = AnsweringAccount(
        {"ec2:DescribeInstanceTypeOfferings": {"InstanceTypeOfferings": answer}}
    )
    (finding,) = check_offerings(account, [pool], (A, B, C), file=FILE)
    return finding


def everywhere(*names: str) -> list[tuple[str, str]]:
    return [(name, zone) for name in names for zone in (A, B, C)]


@pytest.mark.parametrize(
    ("pool", "offered"),
    [
        (GENERAL, everywhere("m7i.large")),
        (GPU, everywhere("g6.xlarge", "g5.xlarge")),
        (IN_ONE_ZONE, [("g6.xlarge", B), ("g5.xlarge", B)]),
    ],
)
def test_every_type_in_every_zone_of_the_pool_is_fine(
    pool: NodePool, offered: list[tuple[str, str]]
) -> None:
    assert look(pool, *offered).status is Status.OK


@pytest.mark.parametrize(
    ("pool", "offered"),
    [(GPU, []), (IN_ONE_ZONE, [("g6.xlarge", A), ("g5.xlarge", C)])],
)
def test_a_pool_none_of_whose_types_is_offered_in_its_zones_fails(
    pool: NodePool, offered: list[tuple[str, str]]
) -> None:
    finding = look(pool, *offered)

    assert finding.status is Status.FAIL
    assert "g6.xlarge, g5.xlarge: none is offered" in finding.found
    assert finding.fix[0].startswith("aws ec2 describe-instance-type-offerings")
    assert finding.fix[1].startswith(f"{FILE}: pool gpu: instance_types")


def test_missing_pairs_are_one_line_a_pool() -> None:
    finding = look(GPU, ("g6.xlarge", A), ("g5.xlarge", A), ("g5.xlarge", B), ("g5.xlarge", C))

    assert finding.status is Status.WARN
    assert finding.found == f"pool gpu: g6.xlarge not in {B}, {C}"
    assert finding.meaning.startswith("fewer types to choose from")


def test_a_type_that_is_offered_nowhere_is_a_warning_beside_one_that_is() -> None:
    finding = look(GPU, *everywhere("g5.xlarge"))

    assert finding.status is Status.WARN
    assert finding.found == f"pool gpu: g6.xlarge not in {A}, {B}, {C}"


def test_a_zone_without_any_type_of_the_pool_is_named() -> None:
    finding = look(GPU, ("g6.xlarge", A), ("g5.xlarge", A), ("g5.xlarge", B))

    assert finding.status is Status.WARN
    assert finding.meaning == f"the pool gets no node in {C}"
