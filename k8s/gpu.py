"""How a pod asks for whole GPUs and gets onto the nodes that have them."""

from cdk8s_plus_27 import k8s as kube

from serving.gpu import GPU_NODE_LABEL, GPU_RESOURCE

GPU_NODES = {GPU_NODE_LABEL: "true"}


def gpu_limit(count: int) -> dict[str, kube.Quantity]:
    """The entry of ``resources.limits`` for ``count`` GPUs.

    Only the generated classes can say this: cdk8s-plus' ``ContainerResources`` has no GPU, and a
    JSON patch with a bare number is dropped without a word (cdk8s-team/cdk8s#2163).
    """
    return {GPU_RESOURCE: kube.Quantity.from_number(count)}


def gpu_toleration() -> kube.Toleration:
    """Lets a pod onto nodes that repel everything without a GPU request."""
    return kube.Toleration(key=GPU_RESOURCE, operator="Exists", effect="NoSchedule")
