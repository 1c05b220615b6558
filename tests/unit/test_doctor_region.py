"""The region and its zones."""

from typing import Any

import pytest

from operations.doctor.region import check_region, check_zones
from operations.finding import Finding, Status
from tests.support.aws_answers import Answer, AnsweringAccount, Refused

ZONES = ("eu-central-1a", "eu-central-1b", "eu-central-1c")
FILE = "config/environments/prod.toml"


def zone(name: str, zone_id: str = "euc1-az1", **more: Any) -> dict[str, Any]:
    return {"ZoneName": name, "ZoneId": zone_id, "State": "available"} | more


def zones(*found: dict[str, Any]) -> list[Finding]:
    account = AnsweringAccount({"ec2:DescribeAvailabilityZones": {"AvailabilityZones": found}})
    return list(check_zones(account, ZONES, file=FILE))


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"Regions": [{"OptInStatus": "opt-in-not-required"}]}, Status.OK),
        ({"Regions": [{"OptInStatus": "opted-in"}]}, Status.OK),
        ({"Regions": [{"OptInStatus": "not-opted-in"}]}, Status.FAIL),
        # A region that is off does not know credentials that are good.
        (Refused("AuthFailure"), Status.FAIL),
        (Refused("OptInRequired"), Status.FAIL),
    ],
)
def test_a_region_must_be_enabled(answer: Answer, status: Status) -> None:
    (finding,) = check_region(AnsweringAccount({"ec2:DescribeRegions": answer}))

    assert finding.status is status
    if status is Status.FAIL:
        assert finding.fix == ("aws account enable-region --region-name eu-central-1",)


def test_three_available_zones_are_fine() -> None:
    (finding,) = zones(*map(zone, ZONES))

    assert finding.status is Status.OK


def test_a_zone_that_the_account_does_not_see_fails_with_those_it_sees() -> None:
    (finding,) = zones(*map(zone, (*ZONES[:2], "eu-central-1d")))

    assert finding.status is Status.FAIL
    assert finding.found == "this account has no eu-central-1c"
    assert finding.fix == (
        f"{FILE}: availability_zones: choose three of eu-central-1a, eu-central-1b, eu-central-1d",
    )


def test_a_zone_without_eks_fails_by_the_id_that_is_the_same_everywhere() -> None:
    (finding,) = zones(zone(ZONES[0], "use1-az3"), zone(ZONES[1]), zone(ZONES[2]))

    assert finding.status is Status.FAIL
    assert "eu-central-1a (use1-az3): EKS makes no control plane there" in finding.found
    assert ZONES[0] not in finding.fix[0]


def test_an_impaired_zone_is_a_warning_in_the_words_of_aws() -> None:
    messages = [{"Message": "power is out"}]
    (finding,) = zones(
        zone(ZONES[0], State="impaired", Messages=messages), zone(ZONES[1]), zone(ZONES[2])
    )

    assert finding.status is Status.WARN
    assert finding.found == "eu-central-1a is impaired: power is out"
