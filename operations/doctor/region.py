"""Whether the account may use the region and sees the three zones."""

from collections.abc import Iterator, Sequence

from operations.aws.account import Account
from operations.aws.unanswered import REJECTED
from operations.finding import Finding, fail, ok, warn

REGION = "region"
ZONES = "zones"

# Zones where EKS makes no control plane, by the id that is the same in every account:
# docs.aws.amazon.com/eks, "VPC and subnet requirements", subnet requirements for clusters.
_WITHOUT_EKS = ("use1-az3", "usw1-az2", "cac1-az3")


def check_region(account: Account) -> Iterator[Finding]:
    """Is the region enabled? Newer regions are off until somebody switches them on."""
    region = account.region
    answer = account.find(
        "ec2",
        "describe_regions",
        # A region that is off does not know the credentials, which are good elsewhere.
        absent=(*REJECTED, "OptInRequired"),
        AllRegions=True,
        RegionNames=[region],
    )
    state = "off" if answer is None else answer["Regions"][0].get("OptInStatus")
    if state in ("off", "not-opted-in"):
        yield fail(
            REGION,
            f"{region} is not enabled in this account",
            "nothing can be made there; enabling takes some minutes",
            account.aws(f"account enable-region --region-name {region}"),
        )
    else:
        yield ok(REGION, f"{region} is enabled ({state})")


def check_zones(account: Account, zones: Sequence[str], *, file: str) -> Iterator[Finding]:
    """Are the zones of the environment there, well, and fit for EKS?"""
    answer = account.ask(
        "ec2",
        "describe_availability_zones",
        Filters=[{"Name": "zone-type", "Values": ["availability-zone"]}],
    )
    seen = {zone["ZoneName"]: zone for zone in answer["AvailabilityZones"]}
    fit = [name for name, zone in seen.items() if zone.get("ZoneId") not in _WITHOUT_EKS]
    edit = f"{file}: availability_zones: choose three of {', '.join(sorted(fit))}"
    missing = [zone for zone in zones if zone not in seen]
    unfit = [zone for zone in zones if zone in seen and zone not in fit]
    unwell = [zone for zone in zones if zone in fit and seen[zone]["State"] != "available"]
    if missing:
        yield fail(ZONES, f"this account has no {', '.join(missing)}", "no subnet is made", edit)
    if unfit:
        named = ", ".join(f"{zone} ({seen[zone]['ZoneId']})" for zone in unfit)
        yield fail(ZONES, f"{named}: EKS makes no control plane there", "no cluster is made", edit)
    for zone in unwell:
        told = "; ".join(one["Message"] for one in seen[zone].get("Messages", []))
        yield warn(
            ZONES,
            f"{zone} is {seen[zone]['State']}{f': {told}' if told else ''}",
            "nodes may not start there now",
            "wait for it, or choose another zone while nothing is deployed",
            edit,
        )
    if not (missing or unfit or unwell):
        yield ok(ZONES, f"{', '.join(zones)} are available")
