"""The fence: what is inference, metadata or health passes, and nothing else does."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import load_settings
from serving.gateway import REFUSED_PATHS, ROUTES, Gateway, Route

SERVICE = "/inference.GRPCInferenceService"


def routes(method: str, path: str) -> list[str]:
    """The routes a request passes; Python stands in for RE2, in a syntax both have."""
    if any(re.fullmatch(refused, path) for refused in REFUSED_PATHS):
        return []
    return [
        route.name
        for route in ROUTES
        if route.method == method and re.fullmatch(route.path_regex, path)
    ]


@pytest.mark.parametrize(
    ("method", "path", "route"),
    [
        ("POST", "/v2/models/digits/infer", "infer"),
        ("POST", "/v2/models/digits/versions/1/infer", "infer"),
        ("POST", "/v2/models/my-model_2.1/versions/12/infer", "infer"),
        ("POST", "/v2/models/_hidden/infer", "infer"),
        ("GET", "/v2/models/digits", "model-metadata"),
        ("GET", "/v2/models/digits/versions/1", "model-metadata"),
        ("GET", "/v2/models/digits/ready", "model-ready"),
        ("GET", "/v2/models/digits/versions/1/ready", "model-ready"),
        ("GET", "/v2", "server-metadata"),
        ("GET", "/v2/health/live", "health"),
        ("GET", "/v2/health/ready", "health"),
        ("POST", f"{SERVICE}/ModelInfer", "grpc-infer"),
        ("POST", f"{SERVICE}/ModelReady", "grpc-model-ready"),
        ("POST", f"{SERVICE}/ModelMetadata", "grpc-model-metadata"),
        ("POST", f"{SERVICE}/ServerMetadata", "grpc-server-metadata"),
        ("POST", f"{SERVICE}/ServerLive", "grpc-live"),
        ("POST", f"{SERVICE}/ServerReady", "grpc-ready"),
        ("POST", "/grpc.health.v1.Health/Check", "grpc-health"),
    ],
)
def test_inference_metadata_and_health_pass_by_one_route(
    method: str, path: str, route: str
) -> None:
    assert routes(method, path) == [route]


@pytest.mark.parametrize(
    "path",
    [
        "/v2/repository/index",
        "/v2/repository/models/digits/load",
        "/v2/repository/models/digits/unload",
        "/v2/systemsharedmemory/status",
        "/v2/systemsharedmemory/region/a/register",
        "/v2/systemsharedmemory/unregister",
        "/v2/cudasharedmemory/status",
        "/v2/cudasharedmemory/region/a/register",
        "/v2/cudasharedmemory/unregister",
        "/v2/trace/setting",
        "/v2/models/digits/trace/setting",
        "/v2/logging",
        "/metrics",
        "/v2/models/digits/stats",
        "/v2/models/digits/versions/1/stats",
        "/v2/models/digits/config",
        "/v2/models/digits/versions/1/config",
        "/v2/models/digits/generate",
        "/v2/models/digits/generate_stream",
        "/v2/models/../repository/index",
        "/v2/models/digits/../../repository/index",
        "/v2/models/digits/infer/../config",
        "/v2/models/./infer",
        "/v2/models/../infer",
        "/v2/models/.hidden/infer",
        "/v2/models/digits%2f..%2f..%2frepository/infer",
        "/v2/models/%2e%2e/infer",
        "/v2/models/digits%2Finfer",
        "/v2/models//infer",
        "/v2/models/",
        "/v2/models/digits/",
        "/v2/models/digits/infer/",
        "/v2/models/digits/versions/abc/infer",
        "/v2/models/digits/versions/-1/infer",
        "/v2/models/digits/versions//infer",
        "/v2/models/digits/versions/1/2/infer",
        "/v2/models/digits/infer\n",
        "/v2/models/digits\\infer",
        "/v2/models/digits;a=b/infer",
        "//v2/health/live",
        "/V2/health/live",
        "/v2/health/",
        "/v2/health/live/",
        "/v2/health/started",
        "/v1/models/digits:predict",
        "/invocations",
        "/",
        "",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_administration_and_escapes_do_not_pass(method: str, path: str) -> None:
    assert routes(method, path) == []


def test_statistics_of_all_models_do_not_pass_as_a_model_called_stats() -> None:
    assert routes("GET", "/v2/models/stats") == []


@pytest.mark.parametrize(
    "method",
    [
        "RepositoryIndex",
        "RepositoryModelLoad",
        "RepositoryModelUnload",
        "SystemSharedMemoryStatus",
        "SystemSharedMemoryRegister",
        "SystemSharedMemoryUnregister",
        "CudaSharedMemoryStatus",
        "CudaSharedMemoryRegister",
        "CudaSharedMemoryUnregister",
        "TraceSetting",
        "LogSettings",
        "ModelStatistics",
        "ModelConfig",
        "ModelStreamInfer",
        "ModelInfer/",
        "modelinfer",
        "",
    ],
)
def test_administration_does_not_pass_by_grpc(method: str) -> None:
    assert routes("POST", f"{SERVICE}/{method}") == []


@pytest.mark.parametrize(
    "path",
    [
        "/grpc.health.v1.Health/Watch",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/inferenceXGRPCInferenceService/ModelInfer",
    ],
)
def test_other_grpc_services_do_not_pass(path: str) -> None:
    assert routes("POST", path) == []


@given(st.sampled_from(["GET", "POST"]), st.text("aZ9_.-/%\\\n é", min_size=1, max_size=6))
def test_only_plain_names_pass_as_models(method: str, name: str) -> None:
    if routes(method, f"/v2/models/{name}" + ("/infer" if method == "POST" else "")):
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name, re.ASCII)


def test_nothing_but_post_infers() -> None:
    methods = ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE", "post"]

    assert [m for m in methods if routes(m, "/v2/models/digits/infer")] == []
    assert [m for m in methods if routes(m, f"{SERVICE}/ModelInfer")] == []


def test_nothing_is_sent_twice() -> None:
    assert Gateway.of(load_settings("dev").gateway).attempts == 1


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_patterns_have_no_counted_repetition(route: Route) -> None:
    # Envoy refuses a program above 100 steps, and each count multiplies them.
    assert not re.search(r"\{\d", route.path_regex)


def test_routes_are_told_apart_by_name() -> None:
    names = [route.name for route in ROUTES]

    assert len(set(names)) == len(names)


def test_limits_come_from_the_settings() -> None:
    settings = load_settings("prod").gateway
    gateway = Gateway.of(settings)

    assert gateway.max_request_bytes == settings.max_request_mib * 2**20
    assert gateway.request_timeout_seconds == settings.request_timeout_seconds
    assert gateway.idle_timeout_seconds == settings.idle_timeout_seconds
