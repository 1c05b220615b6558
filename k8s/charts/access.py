"""What the people of the platform may see on the cluster, whatever namespace they are in."""

import cdk8s
from cdk8s_plus_27 import k8s as kube
from constructs import Construct

# Kubernetes groups; the cloud maps its identities to them.
OPERATORS = "triton-platform:operators"
VIEWERS = "triton-platform:viewers"

_NODES = "triton-platform:nodes"
_READ = ["get", "list", "watch"]


def bind_group(
    scope: Construct, construct_id: str, *, group: str, role: str, namespace: str
) -> None:
    """Let ``group`` do in ``namespace`` what the cluster role ``role`` says."""
    kube.KubeRoleBinding(
        scope,
        construct_id,
        metadata=kube.ObjectMeta(name=group.replace(":", "-"), namespace=namespace),
        role_ref=kube.RoleRef(api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=role),
        subjects=[_group(group)],
    )


class AccessChart(cdk8s.Chart):
    """Operators and viewers look at everything but secrets, nodes among it.

    Operators may change things, and see secrets, only where it is bound: in each namespace of the
    platform (``NamespacesChart``).
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id, disable_resource_name_hashes=True)
        kube.KubeClusterRole(
            self,
            "Nodes",
            metadata=kube.ObjectMeta(name=_NODES),
            rules=[
                # What Kubernetes' own role `view` leaves out, being of no namespace.
                kube.PolicyRule(
                    api_groups=[""],
                    resources=["nodes", "namespaces", "persistentvolumes"],
                    verbs=_READ,
                ),
                kube.PolicyRule(
                    api_groups=["metrics.k8s.io"], resources=["nodes", "pods"], verbs=_READ
                ),
            ],
        )
        for role in ("view", _NODES):
            kube.KubeClusterRoleBinding(
                self,
                f"Look-{role}",
                metadata=kube.ObjectMeta(name=f"triton-platform-{role.partition(':')[2] or role}"),
                role_ref=kube.RoleRef(
                    api_group="rbac.authorization.k8s.io", kind="ClusterRole", name=role
                ),
                subjects=[_group(OPERATORS), _group(VIEWERS)],
            )


def _group(name: str) -> kube.Subject:
    return kube.Subject(kind="Group", name=name, api_group="rbac.authorization.k8s.io")
