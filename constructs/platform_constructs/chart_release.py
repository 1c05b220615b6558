"""Kubernetes objects of one cdk8s chart, owned by the stack that asks for them."""

import cdk8s
from aws_cdk import aws_eks_v2 as eks
from constructs import Construct


class ChartRelease(Construct):
    """The objects of ``chart`` on ``cluster``; gone with the stack of ``scope``.

    ``cluster.add_cdk8s_chart`` would put them into the cluster's stack, where a value of any
    later stack ends in a dependency cycle.

    Args:
        scope: Parent construct; its stack owns the objects.
        construct_id: Id within the parent. Objects carry it as a label, so renaming replaces.
        cluster: Where the objects go.
        chart: May contain CDK tokens.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, cluster: eks.ICluster, chart: cdk8s.Chart
    ) -> None:
        super().__init__(scope, construct_id)

        eks.KubernetesManifest(self, "Resource", cluster=cluster, manifest=chart.to_json())
