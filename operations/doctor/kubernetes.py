"""Whether EKS still supports the Kubernetes version, on the day that is asked about."""

from collections.abc import Iterator
from datetime import date, timedelta

from config import ConfigError, Versions
from operations.finding import Finding, fail, ok, warn

SUPPORT = "Kubernetes version"
SKEW = "kubectl"

_NOTICE = timedelta(days=60)


def check_support(
    kubernetes: str, versions: Versions, today: date, *, file: str
) -> Iterator[Finding]:
    """Until when does EKS support the version?"""
    edit = f"{file}: cluster.kubernetes: choose {', '.join(_supported(versions, today))}"
    try:
        pins = versions.pins_of(kubernetes)
    except ConfigError as error:
        yield fail(SUPPORT, str(error), "no cluster is made", edit)
        return
    standard, extended = pins.standard_support_ends, pins.extended_support_ends
    if standard is None or extended is None:
        yield warn(
            SUPPORT,
            f"{kubernetes}: no dates of support are known",
            "when it becomes expensive, and then ends, is not known",
            f'config/versions.toml: [kubernetes."{kubernetes}"]: standard_support_ends and '
            "extended_support_ends, once AWS publishes them",
        )
    elif today > extended:
        yield fail(
            SUPPORT,
            f"{kubernetes} ended on {extended}",
            "EKS makes no such cluster, and upgrades those there are by itself",
            edit,
        )
    elif today > standard:
        yield warn(
            SUPPORT,
            f"{kubernetes} is in extended support since {standard}, until {extended}",
            "the control plane costs six times as much",
            edit,
        )
    elif standard - today <= _NOTICE:
        yield warn(
            SUPPORT,
            f"standard support of {kubernetes} ends on {standard}, in {(standard - today).days} "
            "days",
            "after that the control plane costs six times as much",
            edit,
        )
    else:
        yield ok(SUPPORT, f"{kubernetes} is in standard support until {standard}")


def check_skew(kubernetes: str, versions: Versions, *, file: str) -> Iterator[Finding]:
    """Is there a kubectl that may talk to the version?"""
    try:
        layer = versions.kubectl_layer_for(kubernetes)
    except ConfigError as error:
        yield fail(
            SKEW,
            str(error),
            "the cluster's objects could not be applied",
            f"{file}: cluster.kubernetes",
        )
    else:
        kubectl = versions.kubectl_layers[layer].kubectl
        yield ok(SKEW, f"{kubectl} works with Kubernetes {kubernetes}")


def _supported(versions: Versions, today: date) -> list[str]:
    """The pinned versions that cost no extra, also those without a date yet."""
    return [
        version
        for version, pins in versions.kubernetes.items()
        if pins.standard_support_ends is None or today <= pins.standard_support_ends
    ]
