"""What a teardown would do, in order, and what it would not: nothing is changed for this."""

from dataclasses import dataclass

from config import Settings
from config.prices import Prices
from operations.aws.account import Account
from operations.teardown import load_balancers
from operations.teardown.blockers import Blocker, find_blockers
from operations.teardown.cluster import Cluster, read_cluster
from operations.teardown.kubectl import Kubectl
from operations.teardown.kubernetes import OnCluster, look
from operations.teardown.load_balancers import LoadBalancer
from operations.teardown.retained import Staying, kept_on_purpose, left_by_accident
from operations.teardown.stacks import DeployedStack, deployed_stacks
from operations.teardown.target import Target


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A teardown before it begins.

    Attributes:
        target: What goes.
        account: Number of the account.
        cluster: ``None`` when there is none, or no longer.
        on_cluster: What kubectl deletes.
        kubernetes_skipped: Whether the steps on the cluster are left out on request.
        load_balancers: What AWS has of the cluster.
        stacks: In the order in which they go.
        kept: What stays on purpose.
        forgotten: What stays because no stack owns it.
        blockers: What is in the way.
    """

    target: Target
    account: str
    cluster: Cluster | None
    on_cluster: OnCluster
    kubernetes_skipped: bool
    load_balancers: tuple[LoadBalancer, ...]
    stacks: tuple[DeployedStack, ...]
    kept: tuple[Staying, ...]
    forgotten: tuple[Staying, ...]
    blockers: tuple[Blocker, ...]

    @property
    def possible(self) -> bool:
        """Whether nothing stops it."""
        return not any(blocker.stops for blocker in self.blockers)

    @property
    def monthly_usd(self) -> float:
        """What stays costs at least: some sizes and prices are not known."""
        return sum(one.monthly_usd or 0 for one in (*self.kept, *self.forgotten))


def make_plan(
    account: Account,
    target: Target,
    settings: Settings,
    prices: Prices,
    kubectl: Kubectl,
    *,
    skip_kubernetes: bool = False,
) -> Plan:
    """Ask AWS and the cluster what there is."""
    cluster = read_cluster(account, target)
    stacks = deployed_stacks(account, target)
    on_cluster = OnCluster()
    blockers = list(find_blockers(account, target, settings, cluster, stacks))
    if cluster and not skip_kubernetes:
        on_cluster = look(kubectl, cluster, account)
        if on_cluster.problem:
            blockers.append(_unreachable(on_cluster.problem))
    return Plan(
        target=target,
        account=account.identity.account,
        cluster=cluster,
        on_cluster=on_cluster,
        kubernetes_skipped=skip_kubernetes,
        load_balancers=load_balancers.of_cluster(account, target),
        stacks=stacks,
        kept=tuple(kept_on_purpose(account, target, prices, stacks)),
        forgotten=tuple(left_by_accident(account, target, prices, stacks)),
        blockers=tuple(blockers),
    )


def _unreachable(problem: str) -> Blocker:
    return Blocker(
        what="steps 1 and 2, load balancers and custom resources, cannot be done: " + problem,
        fix="make the cluster reachable; or, when nothing on it made a load balancer or a disk, "
        "or you deleted that by hand, go on without: --skip-kubernetes",
    )
