"""Whether the name under which clients reach the gateway can be served, and with a certificate."""

from collections.abc import Iterator
from typing import Any

from config import DnsSettings
from operations.aws.account import Account
from operations.finding import Finding, fail, ok, skip, warn

ZONE = "DNS zone"
CERTIFICATE = "certificate"

# Without these the list has 1024 and 2048 bit RSA only.
_KEY_TYPES = [
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
]


def check_zone(account: Account, dns: DnsSettings | None, *, file: str) -> Iterator[Finding]:
    """Is the zone there, public, and one that the domain is in?"""
    if dns is None:
        yield skip(ZONE, f"{file} has no [dns]", "clients reach the load balancer by AWS's name")
        return
    listing = account.aws("route53 list-hosted-zones --query 'HostedZones[].[Id,Name]'")
    edit = f"{file}: dns.hosted_zone_id, from that list"
    answer = account.find(
        "route53", "get_hosted_zone", absent=("NoSuchHostedZone",), Id=dns.hosted_zone_id
    )
    if answer is None:
        yield fail(
            ZONE,
            f"this account has no zone {dns.hosted_zone_id}",
            "the name's records could not be made",
            listing,
            edit,
        )
        return
    zone = answer["HostedZone"]
    name = zone["Name"].rstrip(".")
    if zone.get("Config", {}).get("PrivateZone"):
        yield fail(
            ZONE,
            f"{dns.hosted_zone_id} ({name}) is private",
            "clients outside the VPC, and who issues certificates, do not see it",
            listing,
            edit,
        )
    elif dns.domain != name and not dns.domain.endswith(f".{name}"):
        yield fail(
            ZONE,
            f"{dns.hosted_zone_id} is {name}, which {dns.domain} is not in",
            "the name's records would be made where nobody looks for them",
            listing,
            f"{edit}; or dns.domain",
        )
    else:
        yield ok(ZONE, f"{dns.domain} is in {name}, {dns.hosted_zone_id}")


def check_certificate(account: Account, dns: DnsSettings | None, *, file: str) -> Iterator[Finding]:
    """Is a certificate issued that covers the domain, in the region of the load balancer?"""
    if dns is None:
        yield skip(CERTIFICATE, f"{file} has no [dns]")
        return
    issued = account.ask_all(
        "acm",
        "list_certificates",
        "CertificateSummaryList",
        CertificateStatuses=["ISSUED"],
        Includes={"keyTypes": _KEY_TYPES},
    )
    for one in issued:
        if any(_covers(name, dns.domain) for name in _names(account, one)):
            yield ok(CERTIFICATE, f"{one['CertificateArn']} covers {dns.domain}")
            return
    yield warn(
        CERTIFICATE,
        f"no issued certificate in {account.region} covers {dns.domain}",
        "clients would get no TLS under that name",
        account.aws(f"acm request-certificate --domain-name {dns.domain} --validation-method DNS"),
    )


def _names(account: Account, summary: dict[str, Any]) -> list[str]:
    if not summary.get("HasAdditionalSubjectAlternativeNames"):
        return [summary["DomainName"], *summary.get("SubjectAlternativeNameSummaries", [])]
    # The list has the first hundred names.
    arn = summary["CertificateArn"]
    found = account.ask("acm", "describe_certificate", CertificateArn=arn)["Certificate"]
    return [found["DomainName"], *found["SubjectAlternativeNames"]]


def _covers(name: str, domain: str) -> bool:
    """Whether a certificate's name is the domain's; a star stands for exactly one label."""
    if name.startswith("*."):
        return domain.partition(".")[2] == name[2:]
    return domain == name
