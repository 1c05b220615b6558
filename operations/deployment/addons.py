"""Whether the managed add-ons run, at the versions that are pinned."""

from collections.abc import Iterator, Mapping
from typing import get_args

from config import Addon, ClusterSettings
from config.naming import cluster_name
from operations.aws.account import Account
from operations.finding import Finding, fail, ok

TITLE = "add-ons"


def check_addons(
    account: Account, environment: str, cluster: ClusterSettings, pins: Mapping[Addon, str]
) -> Iterator[Finding]:
    """Is every add-on of the cluster active and, where one is pinned, of that version?"""
    name = cluster_name(environment)
    wanted = [
        addon
        for addon in get_args(Addon)
        if addon != "amazon-cloudwatch-observability" or cluster.addons.cloudwatch_observability
    ]
    well = True
    for addon in wanted:
        for finding in _wrong(account, environment, name, addon, pins.get(addon)):
            well = False
            yield finding
    if well:
        yield ok(TITLE, f"all {len(wanted)} are active at their versions")


def _wrong(
    account: Account, environment: str, cluster: str, addon: str, pin: str | None
) -> Iterator[Finding]:
    answer = account.find(
        "eks",
        "describe_addon",
        absent=("ResourceNotFoundException",),
        clusterName=cluster,
        addonName=addon,
    )
    deploy = f"make deploy ENV={environment}"
    if answer is None:
        yield fail(TITLE, f"{addon} is not installed", "the cluster lacks what it does", deploy)
        return
    found = answer["addon"]
    if found["status"] != "ACTIVE":
        issues = "; ".join(
            f"{issue['code']}: {issue.get('message', '')}"
            for issue in found.get("health", {}).get("issues", ())
        )
        yield fail(
            TITLE,
            f"{addon} is {found['status']}{f': {issues}' if issues else ''}",
            "pods that need it do not start, or run without it",
            account.aws(f"eks describe-addon --cluster-name {cluster} --addon-name {addon}"),
            "kubectl get pods --all-namespaces",
        )
    if pin and found["addonVersion"] != pin:
        yield fail(
            TITLE,
            f"{addon} is {found['addonVersion']}, {pin} is pinned",
            "it is not what was tested: somebody changed it, or the deployment did not",
            f"make diff ENV={environment}",
            deploy,
        )
