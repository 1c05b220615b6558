"""Whether EKS offers the add-on versions that are pinned."""

import re
from collections.abc import Iterator

from config import KubernetesPins
from operations.aws.account import Account
from operations.finding import Finding, fail, ok, skip

TITLE = "EKS add-ons"

_NAMED = 3


def check_addons(
    account: Account, kubernetes: str, pins: KubernetesPins | None
) -> Iterator[Finding]:
    """Is every pinned version there for the Kubernetes version?"""
    if pins is None:
        yield skip(TITLE, f"nothing is pinned for Kubernetes {kubernetes}")
        return
    answer = account.ask_all(
        "eks",
        "describe_addon_versions",
        "addons",
        absent=("InvalidParameterException",),  # no such Kubernetes version
        kubernetesVersion=kubernetes,
        # AWS's own and those that AWS builds; not the market place's hundreds.
        owners=["aws", "community"],
    )
    offered = {
        addon["addonName"]: [one["addonVersion"] for one in addon["addonVersions"]]
        for addon in answer
    }
    if not offered:
        yield fail(
            TITLE,
            f"EKS offers none for Kubernetes {kubernetes} in {account.region}",
            "EKS does not, or no longer, make clusters of that version there",
            account.aws("eks describe-cluster-versions"),
        )
        return
    wrong = {
        name: offered.get(name, [])
        for name, version in pins.addons.items()
        if version not in offered.get(name, [])
    }
    for name, choices in wrong.items():
        newest = sorted(choices, key=_numbers, reverse=True)[:_NAMED]
        yield fail(
            TITLE,
            f"{name} {pins.addons[name]} is not offered for Kubernetes {kubernetes}",
            f"the cluster's deployment fails; the newest there are: {', '.join(newest) or 'none'}",
            f'config/versions.toml: [kubernetes."{kubernetes}".addons]: {name} = "{newest[0]}"'
            if newest
            else f'config/versions.toml: [kubernetes."{kubernetes}".addons]: remove {name}',
        )
    if not wrong:
        yield ok(TITLE, f"all {len(pins.addons)} pinned versions go with Kubernetes {kubernetes}")


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]
