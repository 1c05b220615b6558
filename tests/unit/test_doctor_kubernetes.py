"""Support by date, kubectl's skew, and the add-ons that EKS offers."""

from collections.abc import Mapping
from datetime import date

import pytest

from config import KubernetesPins, Versions, load_versions
from operations.doctor.addons import check_addons
from operations.doctor.kubernetes import check_skew, check_support
from operations.finding import Finding, Status
from tests.support.aws_answers import Answer, AnsweringAccount, Refused

FILE = "config/environments/prod.toml"


@pytest.fixture(scope="module")
def versions() -> Versions:
    dated = KubernetesPins(
        standard_support_ends=date(2026, 6, 30), extended_support_ends=date(2027, 6, 30), addons={}
    )
    later = KubernetesPins(
        standard_support_ends=date(2028, 6, 30), extended_support_ends=date(2029, 6, 30), addons={}
    )
    pins = {"1.35": dated, "1.36": later, "1.37": KubernetesPins(addons={})}
    return load_versions().model_copy(update={"kubernetes": pins})


def support(versions: Versions, version: str, day: str) -> Finding:
    (finding,) = check_support(version, versions, date.fromisoformat(day), file=FILE)
    return finding


@pytest.mark.parametrize(
    ("day", "status", "told"),
    [
        ("2026-04-30", Status.OK, "in standard support until 2026-06-30"),
        ("2026-05-01", Status.WARN, "ends on 2026-06-30, in 60 days"),
        ("2026-06-30", Status.WARN, "in 0 days"),
        ("2026-07-01", Status.WARN, "in extended support since 2026-06-30, until 2027-06-30"),
        ("2027-06-30", Status.WARN, "in extended support"),
        ("2027-07-01", Status.FAIL, "1.35 ended on 2027-06-30"),
    ],
)
def test_the_day_decides(versions: Versions, day: str, status: Status, told: str) -> None:
    finding = support(versions, "1.35", day)

    assert finding.status is status
    assert told in finding.found


def test_versions_that_cost_no_extra_are_offered(versions: Versions) -> None:
    finding = support(versions, "1.35", "2027-07-01")

    assert finding.fix == (f"{FILE}: cluster.kubernetes: choose 1.36, 1.37",)


def test_a_version_without_dates_is_a_warning(versions: Versions) -> None:
    finding = support(versions, "1.37", "2026-01-01")

    assert finding.status is Status.WARN
    assert 'config/versions.toml: [kubernetes."1.37"]' in finding.fix[0]


def test_a_version_that_nobody_pinned_fails(versions: Versions) -> None:
    finding = support(versions, "1.31", "2026-01-01")

    assert finding.status is Status.FAIL
    assert "choose 1.35, 1.36, 1.37" in finding.found


@pytest.mark.parametrize(("version", "status"), [("1.35", Status.OK), ("1.32", Status.FAIL)])
def test_a_kubectl_within_one_minor_version_is_needed(
    versions: Versions, version: str, status: Status
) -> None:
    (finding,) = check_skew(version, versions, file=FILE)

    assert finding.status is status


def addons(offered: Answer) -> list[Finding]:
    pins = KubernetesPins(addons={"vpc-cni": "v1.9.0-eksbuild.2", "coredns": "v1.13.2-eksbuild.31"})
    account = AnsweringAccount({"eks:DescribeAddonVersions": offered})
    return list(check_addons(account, "1.35", pins))


def offer(versions: Mapping[str, list[str]]) -> Answer:
    return {
        "addons": [
            {"addonName": name, "addonVersions": [{"addonVersion": one} for one in offered]}
            for name, offered in versions.items()
        ]
    }


def test_pinned_addons_that_eks_offers_are_fine() -> None:
    (finding,) = addons(
        offer(
            {
                "coredns": ["v1.14.6-eksbuild.4", "v1.13.2-eksbuild.31"],
                "vpc-cni": ["v1.9.0-eksbuild.2"],
            }
        )
    )

    assert (finding.status, "all 2 pinned" in finding.found) == (Status.OK, True)


def test_an_addon_that_eks_does_not_offer_fails_with_the_newest_there_are() -> None:
    choices = [
        "v1.9.1-eksbuild.1",
        "v1.10.0-eksbuild.10",
        "v1.10.0-eksbuild.9",
        "v1.2.0-eksbuild.1",
    ]
    (finding,) = addons(offer({"coredns": ["v1.13.2-eksbuild.31"], "vpc-cni": choices}))

    assert finding.status is Status.FAIL
    assert finding.found == "vpc-cni v1.9.0-eksbuild.2 is not offered for Kubernetes 1.35"
    assert finding.meaning.endswith("v1.10.0-eksbuild.10, v1.10.0-eksbuild.9, v1.9.1-eksbuild.1")
    assert finding.fix == (
        'config/versions.toml: [kubernetes."1.35".addons]: vpc-cni = "v1.10.0-eksbuild.10"',
    )


def test_an_addon_that_does_not_go_with_the_version_at_all_is_to_be_removed() -> None:
    (finding,) = addons(offer({"coredns": ["v1.13.2-eksbuild.31"]}))

    assert finding.status is Status.FAIL
    assert finding.fix[0].endswith("remove vpc-cni")


@pytest.mark.parametrize("answer", [{"addons": []}, Refused("InvalidParameterException")])
def test_a_version_that_eks_does_not_offer_fails(answer: Answer) -> None:
    (finding,) = addons(answer)

    assert finding.status is Status.FAIL
    assert "EKS offers none for Kubernetes 1.35 in eu-central-1" in finding.found


def test_addons_of_a_version_that_nobody_pinned_are_skipped() -> None:
    (finding,) = check_addons(AnsweringAccount({}), "1.31", None)

    assert finding.status is Status.SKIP
