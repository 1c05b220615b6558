"""What has to leave the cluster while the controllers that clean up behind it still run."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from operations.aws.account import Account
from operations.errors import OperationError
from operations.teardown.cluster import Cluster
from operations.teardown.kubectl import Kubectl, KubectlError, KubernetesObject
from operations.teardown.patience import Patience, Progress

# Each of these may stand for a load balancer in AWS, which its controller deletes with it.
EXPOSING = (
    "ingresses.networking.k8s.io",
    "gateways.gateway.networking.k8s.io",
    "services",
    "targetgroupbindings.elbv2.k8s.aws",
)

# API groups whose objects an operator may have to finalise. With the operator gone first they,
# and their namespaces, would stay Terminating for ever.
OPERATORS = {
    "flagger.app": "Flagger",
    "keda.sh": "KEDA",
    "eventing.keda.sh": "KEDA",
    "external-secrets.io": "External Secrets",
    "generators.external-secrets.io": "External Secrets",
    "monitoring.coreos.com": "Prometheus operator",
    "networking.istio.io": "Istio",
    "security.istio.io": "Istio",
    "telemetry.istio.io": "Istio",
    "extensions.istio.io": "Istio",
    "karpenter.sh": "Karpenter",
    "karpenter.k8s.aws": "Karpenter",
    "nvidia.com": "NVIDIA GPU operator",
    "operator.tigera.io": "Tigera operator",
}


class KubernetesStuckError(OperationError):
    """Objects did not go in time; the message names them and who should have finalised them."""


@dataclass(frozen=True, kw_only=True)
class OnCluster:
    """What kubectl found to delete.

    Attributes:
        exposing: Objects behind which there may be a load balancer.
        custom: Objects that operators finalise.
        problem: Why nothing could be listed; empty when it could.
    """

    exposing: tuple[KubernetesObject, ...] = ()
    custom: tuple[KubernetesObject, ...] = ()
    problem: str = ""


def look(kubectl: Kubectl, cluster: Cluster, account: Account) -> OnCluster:
    """List what would have to be deleted; a cluster that cannot be asked is a ``problem``."""
    try:
        kubectl.check(cluster, account)
        kinds = kubectl.kinds()
        return OnCluster(
            exposing=exposing_objects(kubectl, kinds), custom=custom_objects(kubectl, kinds)
        )
    except KubectlError as error:
        return OnCluster(problem=str(error))


def exposing_objects(kubectl: Kubectl, kinds: Iterable[str]) -> tuple[KubernetesObject, ...]:
    """Ingresses, Gateways, target group bindings, and Services of type LoadBalancer."""
    known = [kind for kind in EXPOSING if kind in set(kinds)]
    return tuple(
        _read(item)
        for item in kubectl.objects(known)
        if item["kind"] != "Service" or item["spec"].get("type") == "LoadBalancer"
    )


def custom_objects(kubectl: Kubectl, kinds: Iterable[str]) -> tuple[KubernetesObject, ...]:
    """Objects of the operators' API groups, of the kinds that this cluster knows."""
    known = [kind for kind in kinds if kind.partition(".")[2] in OPERATORS]
    return tuple(_read(item) for item in kubectl.objects(known))


def remove(
    kubectl: Kubectl,
    found: Callable[[Kubectl, Iterable[str]], tuple[KubernetesObject, ...]],
    what: str,
    *,
    patience: Patience,
    progress: Progress,
) -> None:
    """Delete objects and wait until their finalizers are done, also of those that come meanwhile.

    Args:
        kubectl: Proved to lead to the right cluster.
        found: Lists them.
        what: What they are called.
        patience: How long.
        progress: Told what is still there.

    Raises:
        KubernetesStuckError: some are still there when time is up.
    """
    kinds = kubectl.kinds()
    asked: set[str] = set()

    def remaining() -> Sequence[KubernetesObject]:
        objects = found(kubectl, kinds)
        if fresh := [one for one in objects if not one.going]:
            kubectl.delete(fresh)
            asked.update(map(str, fresh))
            objects = found(kubectl, kinds)
        return objects

    def tell(left: Sequence[KubernetesObject], seconds: int) -> None:
        names = ", ".join(map(str, left[:3]))
        progress.waiting(f"{what}: {len(left)} left after {seconds} s: {names}")

    if left := patience.wait(patience.kubernetes_seconds, remaining, tell):
        raise KubernetesStuckError(_stuck(left, what, patience))
    progress.done(f"{what}: {len(asked)} deleted" if asked else f"{what}: none left")


def _stuck(left: Sequence[KubernetesObject], what: str, patience: Patience) -> str:
    lines = [f"{what} are still there after {patience.kubernetes_seconds:.0f} s:"]
    for one in left:
        waits = f" waits for {', '.join(one.finalizers)}" if one.finalizers else ""
        lines.append(f"  {one}{waits}")
    lines.append(
        "No stack was touched. Look at the log of the controller that owns the finalizer; when it "
        "is gone for good, clear the finalizer by hand (docs/teardown.md), then run this again."
    )
    return "\n".join(lines)


def _read(item: dict[str, Any]) -> KubernetesObject:
    metadata = item["metadata"]
    return KubernetesObject(
        api_version=item["apiVersion"],
        kind=item["kind"],
        namespace=metadata.get("namespace", ""),
        name=metadata["name"],
        finalizers=tuple(metadata.get("finalizers") or ()),
        going="deletionTimestamp" in metadata,
    )
