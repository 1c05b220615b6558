"""The domain's zone and certificate."""

from typing import Any

import pytest

from config import DnsSettings
from operations.aws.account import Account
from operations.doctor.dns import check_certificate, check_zone
from operations.finding import Finding, Status
from tests.support.aws_answers import REGION, AnsweringAccount, Refused

FILE = "config/environments/prod.toml"
DNS = DnsSettings(domain="inference.acme.io", hosted_zone_id="Z0000000001")
CERTIFICATE = f"arn:aws:acm:{REGION}:111122223333:certificate/1"


def zone(account: Account, dns: DnsSettings | None = DNS) -> Finding:
    (finding,) = check_zone(account, dns, file=FILE)
    return finding


def hosted(name: str, private: bool = False) -> Account:
    found = {
        "Id": "/hostedzone/Z0000000001",
        "Name": f"{name}.",
        "CallerReference": "x",
        "Config": {"PrivateZone": private},
    }
    return AnsweringAccount({"route53:GetHostedZone": {"HostedZone": found}})


def certificate(*listed: dict[str, Any], described: dict[str, Any] | None = None) -> Finding:
    account = AnsweringAccount(
        {
            "acm:ListCertificates": {
                "CertificateSummaryList": [{"CertificateArn": CERTIFICATE} | one for one in listed]
            },
            "acm:DescribeCertificate": {"Certificate": described or {}},
        }
    )
    (finding,) = check_certificate(account, DNS, file=FILE)
    return finding


def test_without_a_domain_nothing_is_asked() -> None:
    account = AnsweringAccount({})

    (certificate_finding,) = check_certificate(account, None, file=FILE)

    assert (zone(account, None).status, certificate_finding.status) == (Status.SKIP, Status.SKIP)
    assert account.asked == []


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("inference.acme.io", Status.OK),
        ("acme.io", Status.OK),
        ("io", Status.OK),
        ("me.io", Status.FAIL),  # the end of the text, but not of the labels
        ("other.io", Status.FAIL),
        ("deeper.inference.acme.io", Status.FAIL),
    ],
)
def test_the_domain_must_be_in_the_zone(name: str, status: Status) -> None:
    finding = zone(hosted(name))

    assert finding.status is status
    if status is Status.FAIL:
        assert finding.found == f"Z0000000001 is {name}, which inference.acme.io is not in"


def test_a_private_zone_fails() -> None:
    finding = zone(hosted("acme.io", private=True))

    assert finding.status is Status.FAIL
    assert "is private" in finding.found


def test_a_zone_that_is_not_there_fails_with_the_list_of_zones() -> None:
    finding = zone(AnsweringAccount({"route53:GetHostedZone": Refused("NoSuchHostedZone")}))

    assert finding.status is Status.FAIL
    assert finding.fix[0].startswith("aws route53 list-hosted-zones")
    assert finding.fix[1] == f"{FILE}: dns.hosted_zone_id, from that list"


@pytest.mark.parametrize(
    ("names", "status"),
    [
        (["inference.acme.io"], Status.OK),
        (["*.acme.io"], Status.OK),
        (["acme.io", "*.acme.io"], Status.OK),
        (["acme.io"], Status.WARN),
        (["*.io"], Status.WARN),  # a star is one label
        (["*.inference.acme.io"], Status.WARN),
    ],
)
def test_an_issued_certificate_must_cover_the_domain(names: list[str], status: Status) -> None:
    finding = certificate({"DomainName": names[0], "SubjectAlternativeNameSummaries": names})

    assert finding.status is status


def test_without_a_certificate_the_command_that_asks_for_one_is_given() -> None:
    finding = certificate()

    assert finding.status is Status.WARN
    assert finding.fix == (
        "aws acm request-certificate --domain-name inference.acme.io "
        "--validation-method DNS --region eu-central-1",
    )


def test_a_certificate_with_more_names_than_are_listed_is_read_whole() -> None:
    listed = {"DomainName": "a.io", "HasAdditionalSubjectAlternativeNames": True}
    whole = {"DomainName": "a.io", "SubjectAlternativeNames": ["a.io", "inference.acme.io"]}

    assert certificate(listed, described=whole).status is Status.OK
    assert certificate(listed | {"HasAdditionalSubjectAlternativeNames": False}).status is (
        Status.WARN
    )
