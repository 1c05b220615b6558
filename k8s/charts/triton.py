"""Triton's Deployment, Service and volume. Knows Kubernetes, not AWS."""

from dataclasses import dataclass

import cdk8s
from cdk8s_plus_27 import k8s as kube
from constructs import Construct

from config import GatewaySettings, TritonSettings
from k8s.charts.namespaces import INFERENCE
from k8s.gpu import GPU_NODES, gpu_limit, gpu_toleration
from k8s.model_claim import ModelClaim
from serving.lifecycle import Lifecycle
from serving.triton import (
    CONTAINER_USER_ID,
    GRPC_PORT,
    HTTP_PORT,
    LIVE_PATH,
    METRICS_PORT,
    POD,
    READY_PATH,
    Profile,
    arguments,
    server_flags,
)

_NAME = "triton"
_SELECTOR = {"app.kubernetes.io/name": _NAME}
_LABELS = _SELECTOR | {
    "app.kubernetes.io/component": "inference-server",
    "app.kubernetes.io/part-of": "triton-platform",
}
# The protocol comes first in a port's name: that is how a service mesh learns it.
_PORTS = {
    "http-inference": HTTP_PORT,
    "grpc-inference": GRPC_PORT,
    "http-metrics": METRICS_PORT,
}

_TMP_CAPACITY = "2Gi"  # a runaway file evicts this pod instead of filling the node

# From the container's start to ready: models are read from the network first.
_STARTUP_PERIOD_SECONDS = 10
_STARTUP_ATTEMPTS = 60
# A rollout may wait for a new GPU node and for pulling a 10 GiB image before that.
_PROGRESS_DEADLINE_SECONDS = 1800


@dataclass(frozen=True, kw_only=True)
class TritonInputs:
    """What the cloud provides. The strings may be CDK tokens: never parse them.

    Attributes:
        image: Triton's container image.
        file_system_id: The EFS with the models.
        access_point_id: The directory on it that becomes the model repository.
    """

    image: str
    file_system_id: str
    access_point_id: str


class TritonChart(cdk8s.Chart):
    """One Triton deployment that serves every model of its volume.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent.
        triton: Size of a pod and how it stops.
        gateway: The largest request, which Triton refuses to exceed as well.
        server: Version of the Triton server in the image; its flags depend on it.
        inputs: What the cloud provides.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        triton: TritonSettings,
        gateway: GatewaySettings,
        server: str,
        inputs: TritonInputs,
    ) -> None:
        # No namespace here: cdk8s would write it into the volume, which belongs to none.
        super().__init__(scope, construct_id, labels=_LABELS, disable_resource_name_hashes=True)
        metadata = kube.ObjectMeta(name=_NAME, namespace=INFERENCE)
        flags = server_flags(server, Profile.PRODUCTION, POD, triton=triton, gateway=gateway)

        models = ModelClaim(
            self,
            "Models",
            file_system_id=inputs.file_system_id,
            access_point_id=inputs.access_point_id,
        )
        kube.KubeServiceAccount(
            self,
            "ServiceAccount",
            metadata=metadata,
            automount_service_account_token=False,
        )
        kube.KubeDeployment(
            self,
            "Deployment",
            metadata=metadata,
            spec=kube.DeploymentSpec(
                replicas=triton.replicas,
                selector=kube.LabelSelector(match_labels=_SELECTOR),
                # A surge pod would wait for a GPU that only the pod it replaces can free.
                strategy=kube.DeploymentStrategy(
                    type="RollingUpdate",
                    rolling_update=kube.RollingUpdateDeployment(
                        max_surge=kube.IntOrString.from_number(0),
                        max_unavailable=kube.IntOrString.from_number(1),
                    ),
                ),
                progress_deadline_seconds=_PROGRESS_DEADLINE_SECONDS,
                template=kube.PodTemplateSpec(
                    metadata=kube.ObjectMeta(
                        labels=_LABELS | {"app.kubernetes.io/version": server}
                    ),
                    spec=_pod(triton, image=inputs.image, args=arguments(flags), models=models),
                ),
            ),
        )
        kube.KubeService(
            self,
            "Service",
            metadata=metadata,
            spec=kube.ServiceSpec(
                selector=_SELECTOR,
                ports=[
                    kube.ServicePort(
                        name=name, port=port, target_port=kube.IntOrString.from_string(name)
                    )
                    for name, port in _PORTS.items()
                ],
            ),
        )


def _pod(
    triton: TritonSettings, *, image: str, args: list[str], models: ModelClaim
) -> kube.PodSpec:
    return kube.PodSpec(
        service_account_name=_NAME,
        automount_service_account_token=False,
        enable_service_links=False,
        node_selector=GPU_NODES,
        tolerations=[gpu_toleration()],
        termination_grace_period_seconds=Lifecycle.of(triton).termination_grace_seconds,
        security_context=kube.PodSecurityContext(
            run_as_non_root=True,
            run_as_user=CONTAINER_USER_ID,
            run_as_group=CONTAINER_USER_ID,
            fs_group=CONTAINER_USER_ID,
            seccomp_profile=kube.SeccompProfile(type="RuntimeDefault"),
        ),
        containers=[_container(triton, image=image, args=args)],
        volumes=[
            kube.Volume(
                name="models",
                persistent_volume_claim=kube.PersistentVolumeClaimVolumeSource(
                    claim_name=models.name, read_only=True
                ),
            ),
            kube.Volume(
                name="shared-memory",
                empty_dir=kube.EmptyDirVolumeSource(
                    medium="Memory",
                    size_limit=kube.Quantity.from_string(f"{triton.shared_memory_mib}Mi"),
                ),
            ),
            kube.Volume(
                name="tmp",
                empty_dir=kube.EmptyDirVolumeSource(
                    size_limit=kube.Quantity.from_string(_TMP_CAPACITY)
                ),
            ),
        ],
    )


def _container(triton: TritonSettings, *, image: str, args: list[str]) -> kube.Container:
    memory = {"memory": kube.Quantity.from_string(f"{triton.memory_mib}Mi")}
    pause = Lifecycle.of(triton).pre_stop_seconds
    return kube.Container(
        name=_NAME,
        image=image,
        command=["tritonserver"],
        args=args,
        ports=[kube.ContainerPort(name=name, container_port=port) for name, port in _PORTS.items()],
        resources=kube.ResourceRequirements(
            requests=memory | {"cpu": kube.Quantity.from_string(f"{triton.cpu_millicores}m")},
            # No limit for the CPU: throttling would show up as latency.
            limits=memory | gpu_limit(triton.gpus_per_pod),
        ),
        startup_probe=_probe(
            READY_PATH,
            period_seconds=_STARTUP_PERIOD_SECONDS,
            failure_threshold=_STARTUP_ATTEMPTS,
        ),
        readiness_probe=_probe(READY_PATH, period_seconds=5, failure_threshold=2),
        liveness_probe=_probe(LIVE_PATH, period_seconds=10, failure_threshold=3),
        # The handler `sleep` is younger than the API that cdk8s-plus-27 knows.
        lifecycle=kube.Lifecycle(
            pre_stop=kube.LifecycleHandler(exec=kube.ExecAction(command=["sleep", str(pause)]))
        ),
        security_context=kube.SecurityContext(
            allow_privilege_escalation=False,
            read_only_root_filesystem=True,
            capabilities=kube.Capabilities(drop=["ALL"]),
        ),
        volume_mounts=[
            kube.VolumeMount(name="models", mount_path=POD.model_repository, read_only=True),
            kube.VolumeMount(name="shared-memory", mount_path="/dev/shm"),
            kube.VolumeMount(name="tmp", mount_path="/tmp"),
        ],
    )


def _probe(path: str, *, period_seconds: int, failure_threshold: int) -> kube.Probe:
    return kube.Probe(
        http_get=kube.HttpGetAction(path=path, port=kube.IntOrString.from_string("http-inference")),
        period_seconds=period_seconds,
        failure_threshold=failure_threshold,
        timeout_seconds=3,
    )
