"""The namespaces, and how strict each is with its pods."""

import cdk8s
from cdk8s_plus_27 import k8s as kube
from constructs import Construct

from k8s.charts.access import OPERATORS, bind_group

INFERENCE = "inference"


class NamespacesChart(cdk8s.Chart):
    """The namespace of Triton, which admits only pods of the ``restricted`` Pod Security level.

    Operators may change what runs in it.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id, disable_resource_name_hashes=True)

        kube.KubeNamespace(
            self,
            "Inference",
            metadata=kube.ObjectMeta(
                name=INFERENCE,
                labels={
                    "app.kubernetes.io/part-of": "triton-platform",
                    "pod-security.kubernetes.io/enforce": "restricted",
                    "pod-security.kubernetes.io/warn": "restricted",
                },
            ),
        )
        bind_group(self, "Operators", group=OPERATORS, role="edit", namespace=INFERENCE)
