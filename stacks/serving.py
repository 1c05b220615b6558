"""Where AWS and Kubernetes meet: the volume's identity in, Triton's manifests out."""

import cdk8s
from aws_cdk import aws_eks_v2 as eks
from constructs import Construct

from config import Settings, Versions
from k8s.charts.namespaces import NamespacesChart
from k8s.charts.triton import TritonChart, TritonInputs
from platform_constructs.chart_release import ChartRelease
from platform_constructs.model_volume import ModelVolume
from stacks.platform_stack import PlatformStack
from stacks.safeguards import Safeguards


class ServingStack(PlatformStack):
    """Triton on a cluster that already exists; deleting it keeps cluster and models.

    Args:
        scope: The app.
        settings: The environment.
        versions: Decide the flags of Triton.
        safeguards: Boundary, keys and access logs.
        cluster: Where the objects go.
        image: Triton's image, by digest.
        models: What Triton mounts.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        versions: Versions,
        safeguards: Safeguards,
        cluster: eks.ICluster,
        image: str,
        models: ModelVolume,
    ) -> None:
        super().__init__(scope, "serving", settings=settings, safeguards=safeguards)

        namespaces = ChartRelease(
            self,
            "Namespaces",
            cluster=cluster,
            chart=NamespacesChart(cdk8s.App(), "namespaces"),
        )
        triton = ChartRelease(
            self,
            "Triton",
            cluster=cluster,
            chart=TritonChart(
                cdk8s.App(),
                "triton",
                triton=settings.triton,
                gateway=settings.gateway,
                server=versions.triton.production.server,
                inputs=TritonInputs(
                    image=image,
                    file_system_id=models.file_system.file_system_id,
                    access_point_id=models.access_point.access_point_id,
                ),
            ),
        )
        triton.node.add_dependency(namespaces)
