"""The Kubernetes objects, as a reviewer reads them."""

from typing import Any

import cdk8s
from syrupy.assertion import SnapshotAssertion

from config import load_settings, load_versions
from k8s.charts.namespaces import NamespacesChart
from k8s.charts.triton import TritonChart, TritonInputs


def triton(environment: str) -> list[Any]:
    settings, production = load_settings(environment), load_versions().triton.production
    chart = TritonChart(
        cdk8s.App(),
        "triton",
        triton=settings.triton,
        gateway=settings.gateway,
        server=production.server,
        inputs=TritonInputs(
            image="registry.example.com/tritonserver@sha256:" + 64 * "0",
            file_system_id="fs-0123456789abcdef0",
            access_point_id="fsap-0123456789abcdef0",
        ),
    )
    return list(chart.to_json())


def test_triton_dev(golden: SnapshotAssertion) -> None:
    assert triton("dev") == golden


def test_triton_prod(golden: SnapshotAssertion) -> None:
    assert triton("prod") == golden


def test_namespaces(golden: SnapshotAssertion) -> None:
    assert list(NamespacesChart(cdk8s.App(), "namespaces").to_json()) == golden
