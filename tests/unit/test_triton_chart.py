"""Triton as Kubernetes objects, of whatever cloud."""

from typing import Any

import cdk8s
import pytest

from config import load_settings
from k8s.charts.namespaces import NamespacesChart
from k8s.charts.triton import TritonChart, TritonInputs
from serving.triton import GRPC_PORT, HTTP_PORT, LIVE_PATH, METRICS_PORT, READY_PATH

SETTINGS = load_settings("dev")
TRITON = SETTINGS.triton.model_copy(
    update={"replicas": 3, "gpus_per_pod": 2, "cpu_millicores": 3500, "memory_mib": 8192}
)


@pytest.fixture(scope="module")
def objects() -> dict[str, Any]:
    chart = TritonChart(
        cdk8s.App(),
        "triton",
        triton=TRITON,
        gateway=SETTINGS.gateway,
        server="2.71.0",
        inputs=TritonInputs(
            image="registry/triton:1", file_system_id="fs-1", access_point_id="ap-1"
        ),
    )
    return {found["kind"]: found for found in chart.to_json()}


@pytest.fixture(scope="module")
def pod(objects: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = objects["Deployment"]["spec"]["template"]["spec"]
    return spec


@pytest.fixture(scope="module")
def container(pod: dict[str, Any]) -> dict[str, Any]:
    [only] = pod["containers"]
    assert isinstance(only, dict)
    return only


def test_a_pod_asks_for_what_the_settings_say(container: dict[str, Any]) -> None:
    assert container["resources"] == {
        "requests": {"cpu": "3500m", "memory": "8192Mi"},
        "limits": {"memory": "8192Mi", "nvidia.com/gpu": 2},
    }


def test_pods_fit_the_restricted_security_level(
    pod: dict[str, Any], container: dict[str, Any]
) -> None:
    assert pod["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": 1000,
        "runAsGroup": 1000,
        "fsGroup": 1000,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


def test_no_pod_holds_a_token_of_the_cluster(objects: dict[str, Any], pod: dict[str, Any]) -> None:
    assert objects["ServiceAccount"]["automountServiceAccountToken"] is False
    assert pod["automountServiceAccountToken"] is False


def test_models_are_mounted_where_triton_looks_and_cannot_be_written(
    objects: dict[str, Any], pod: dict[str, Any], container: dict[str, Any]
) -> None:
    assert "--model-repository=/models" in container["args"]
    [mount] = [found for found in container["volumeMounts"] if found["mountPath"] == "/models"]
    [volume] = [found for found in pod["volumes"] if found["name"] == mount["name"]]

    assert mount["readOnly"] is True
    assert volume["persistentVolumeClaim"]["readOnly"] is True
    assert objects["PersistentVolume"]["spec"]["csi"]["readOnly"] is True


def test_the_volume_is_mounted_over_tls_with_the_nodes_identity(objects: dict[str, Any]) -> None:
    volume = objects["PersistentVolume"]["spec"]

    assert volume["csi"]["driver"] == "efs.csi.aws.com"
    assert volume["csi"]["volumeHandle"] == "fs-1::ap-1"
    assert volume["csi"]["volumeAttributes"] == {"encryptInTransit": "true"}
    assert volume["mountOptions"] == ["iam"]


def test_volume_and_claim_are_for_each_other_only(objects: dict[str, Any]) -> None:
    volume, claim = objects["PersistentVolume"], objects["PersistentVolumeClaim"]

    assert volume["spec"]["claimRef"] == {
        "namespace": claim["metadata"]["namespace"],
        "name": claim["metadata"]["name"],
    }
    assert claim["spec"]["volumeName"] == volume["metadata"]["name"]
    assert volume["spec"]["accessModes"] == claim["spec"]["accessModes"] == ["ReadWriteMany"]


def test_only_the_volume_has_no_namespace(objects: dict[str, Any]) -> None:
    assert {kind: found["metadata"].get("namespace") for kind, found in objects.items()} == {
        "PersistentVolume": None,
        "PersistentVolumeClaim": "inference",
        "ServiceAccount": "inference",
        "Deployment": "inference",
        "Service": "inference",
    }


def test_shared_memory_is_memory_and_tmp_is_writable(
    pod: dict[str, Any], container: dict[str, Any]
) -> None:
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    mounts = {mount["mountPath"]: volumes[mount["name"]] for mount in container["volumeMounts"]}

    assert mounts["/dev/shm"]["emptyDir"] == {"medium": "Memory", "sizeLimit": "1024Mi"}
    assert "emptyDir" in mounts["/tmp"]


def test_a_slow_start_is_no_failure_but_a_dead_server_is(container: dict[str, Any]) -> None:
    startup, readiness = container["startupProbe"], container["readinessProbe"]

    assert (
        startup["httpGet"]
        == readiness["httpGet"]
        == {
            "path": READY_PATH,
            "port": "http-inference",
        }
    )
    assert container["livenessProbe"]["httpGet"]["path"] == LIVE_PATH
    assert startup["failureThreshold"] * startup["periodSeconds"] >= 600


def test_ports_are_named_by_their_protocol(
    objects: dict[str, Any], container: dict[str, Any]
) -> None:
    ports = {"http-inference": HTTP_PORT, "grpc-inference": GRPC_PORT, "http-metrics": METRICS_PORT}

    assert {port["name"]: port["containerPort"] for port in container["ports"]} == ports
    assert {
        port["targetPort"]: port["port"] for port in objects["Service"]["spec"]["ports"]
    } == ports


def test_the_service_finds_the_pods(objects: dict[str, Any]) -> None:
    deployment = objects["Deployment"]["spec"]
    labels = deployment["template"]["metadata"]["labels"].items()

    assert objects["Service"]["spec"]["selector"].items() <= labels
    assert deployment["selector"]["matchLabels"].items() <= labels


def test_a_rollout_needs_no_spare_gpu(objects: dict[str, Any]) -> None:
    deployment = objects["Deployment"]["spec"]

    assert deployment["replicas"] == 3
    assert deployment["strategy"]["rollingUpdate"] == {"maxSurge": 0, "maxUnavailable": 1}


def test_the_namespace_admits_restricted_pods_only() -> None:
    [namespace] = [
        found
        for found in NamespacesChart(cdk8s.App(), "namespaces").to_json()
        if found["kind"] == "Namespace"
    ]

    assert namespace["metadata"]["name"] == "inference"
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
