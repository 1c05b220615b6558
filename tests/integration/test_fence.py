"""What the gateway keeps from Triton, tried on the real ones."""

import gzip
import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from urllib.parse import urlsplit

import grpc
import pytest
import urllib3
from tritonclient.grpc import service_pb2, service_pb2_grpc

from local.process import answers
from serving.gateway import REFUSED_STATUS
from serving.triton import LIVE_PATH
from tests.integration.conftest import Running

pytestmark = pytest.mark.integration

PROMPTLY_SECONDS = 1.0


def send(
    running: Running, method: str, path: str, body: bytes = b"", **headers: str
) -> urllib3.BaseHTTPResponse:
    host = urlsplit(running.addresses.gateway_http).netloc
    url = f"http://{host}{path}"
    return urllib3.request(method, url, body=body, headers=headers, retries=False, timeout=10)


def raw(running: Running, request: bytes) -> tuple[int, float]:
    """Send bytes as they are; the status of the answer and the seconds until it came."""
    host, port = urlsplit(running.addresses.gateway_http).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        begin = time.monotonic()
        # An answer may come, and the connection close, long before everything is sent.
        sender = Thread(target=_send_all, args=[connection, request])
        sender.start()
        answer = connection.recv(4096)
        seconds = time.monotonic() - begin
        sender.join()
    return int(answer.split()[1]), seconds


def _send_all(connection: socket.socket, request: bytes) -> None:
    with suppress(OSError):
        connection.sendall(request)


def alive(running: Running) -> bool:
    port = running.settings.local.triton_http_port
    return answers(f"http://127.0.0.1:{port}{LIVE_PATH}")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v2/repository/models/digits/unload"),
        ("POST", "/v2/repository/models/digits/load"),
        ("POST", "/v2/repository/index"),
        ("POST", "/v2/systemsharedmemory/region/x/register"),
        ("GET", "/v2/systemsharedmemory/status"),
        ("POST", "/v2/cudasharedmemory/region/x/register"),
        ("POST", "/v2/systemsharedmemory/unregister"),
        ("GET", "/v2/trace/setting"),
        ("POST", "/v2/models/digits/trace/setting"),
        ("POST", "/v2/logging"),
        ("GET", "/v2/logging"),
        ("GET", "/v2/models/digits/config"),
        ("GET", "/v2/models/digits/stats"),
        ("GET", "/v2/models/stats"),
        ("GET", "/metrics"),
        ("GET", "/v2/models/digits/infer"),
        ("DELETE", "/v2/models/digits"),
        ("GET", "/"),
    ],
)
def test_what_administers_triton_is_refused(running: Running, method: str, path: str) -> None:
    response = send(running, method, path, b"{}")

    assert response.status == REFUSED_STATUS
    assert "is not served" in response.json()["error"]


@pytest.mark.parametrize(
    "path",
    [
        "/v2/models/digits/../../repository/index",
        "/v2/models/../repository/index",
        "/v2/models/digits%2f..%2f..%2frepository/index",
        "/v2/models/%2e%2e/repository/index",
        "//v2//repository//index",
        "/v2/models/digits/infer/../../../repository/index",
        "/v2/repository/index?/v2/models/digits/infer",
        "/v2\\repository\\index",
        "/v2/models/digits/versions/1%00/infer",
    ],
)
def test_a_path_in_disguise_is_refused(running: Running, path: str) -> None:
    request = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{{}}".encode()

    status, _ = raw(running, request)

    assert status in (400, REFUSED_STATUS, 404)


ADMINISTRATION: list[tuple[str, Callable[[service_pb2_grpc.GRPCInferenceServiceStub], object]]] = [
    ("index", lambda s: s.RepositoryIndex(service_pb2.RepositoryIndexRequest(), timeout=5)),
    (
        "unload",
        lambda s: s.RepositoryModelUnload(
            service_pb2.RepositoryModelUnloadRequest(model_name="digits"), timeout=5
        ),
    ),
    (
        "load",
        lambda s: s.RepositoryModelLoad(
            service_pb2.RepositoryModelLoadRequest(model_name="digits"), timeout=5
        ),
    ),
    (
        "shared memory",
        lambda s: s.SystemSharedMemoryRegister(
            service_pb2.SystemSharedMemoryRegisterRequest(name="x", key="/x", byte_size=1),
            timeout=5,
        ),
    ),
    (
        "cuda shared memory",
        lambda s: s.CudaSharedMemoryStatus(service_pb2.CudaSharedMemoryStatusRequest(), timeout=5),
    ),
    ("trace", lambda s: s.TraceSetting(service_pb2.TraceSettingRequest(), timeout=5)),
    ("logs", lambda s: s.LogSettings(service_pb2.LogSettingsRequest(), timeout=5)),
    ("config", lambda s: s.ModelConfig(service_pb2.ModelConfigRequest(name="digits"), timeout=5)),
]


@pytest.mark.parametrize(("name", "call"), ADMINISTRATION, ids=[name for name, _ in ADMINISTRATION])
def test_what_administers_triton_is_refused_over_grpc(
    running: Running,
    name: str,
    call: Callable[[service_pb2_grpc.GRPCInferenceServiceStub], object],
) -> None:
    with grpc.insecure_channel(running.addresses.gateway_grpc) as channel:
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        with pytest.raises(grpc.RpcError) as refusal:
            call(stub)

    assert refusal.value.code() is grpc.StatusCode.PERMISSION_DENIED


def test_the_same_calls_reach_a_triton_without_the_gateway(running: Running) -> None:
    """So that the refusals above are the gateway's merit."""
    with grpc.insecure_channel(running.addresses.triton_grpc) as channel:
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        index = stub.RepositoryIndex(service_pb2.RepositoryIndexRequest(), timeout=5)

    assert "digits" in {model.name for model in index.models}


def infer_body(**changes: object) -> bytes:
    tensor = {"name": "image", "shape": [1, 1, 8, 8], "datatype": "FP32", "data": [0.0] * 64}
    return json.dumps({"inputs": [tensor | changes]}).encode()


@pytest.mark.parametrize(
    ("model", "body"),
    [
        ("digits", infer_body(shape=[1, 1, 7, 7], data=[0.0] * 49)),
        ("digits", infer_body(shape=[1, 1, 8, 8], data=[0.0] * 63)),
        ("digits", infer_body(shape=[-1, 1, 8, 8])),
        ("digits", infer_body(shape=[65, 1, 8, 8], data=[0.0] * 64 * 65)),
        ("digits", infer_body(datatype="INT64", data=[0] * 64)),
        ("digits", infer_body(datatype="FP1")),
        ("digits", infer_body(name="picture")),
        ("digits", b'{"inputs": []}'),
        ("digits", b"{not json"),
        ("digits", b""),
        ("digits", b"[" * 100_000),
        ("no_such_model", infer_body()),
    ],
)
def test_a_bad_request_is_told_so_at_once(running: Running, model: str, body: bytes) -> None:
    begin = time.monotonic()
    response = send(running, "POST", f"/v2/models/{model}/infer", body)

    assert time.monotonic() - begin < PROMPTLY_SECONDS
    assert 400 <= response.status < 600
    assert response.json()["error"]
    assert alive(running)


def test_a_body_of_70_mb_is_refused_at_once(running: Running) -> None:
    head = b"POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nContent-Length: 70000000\r\n\r\n"

    status, seconds = raw(running, head + bytes(70_000_000))

    assert status == 413
    assert seconds < PROMPTLY_SECONDS
    assert alive(running)


def test_a_flood_of_tiny_chunks_does_not_bring_triton_down(running: Running) -> None:
    head = b"POST /v2/models/digits/infer HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"

    status, seconds = raw(running, head + b"1\r\na\r\n" * 700_000 + b"0\r\n\r\n")

    assert 400 <= status < 600
    assert seconds < PROMPTLY_SECONDS
    assert alive(running)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 150_000,
        b'{"a":' * 150_000,
        infer_body(shape=[2**63 - 1, 1, 8, 8]),
        infer_body(shape=[3037000500, 3037000500, 8, 8]),
        infer_body(shape=[999_999_999] * 4),
        infer_body(shape=[2**63 - 1, 1, 8, 8]).replace(b"shape", b"sh\\u0061pe"),
    ],
)
def test_json_that_triton_would_not_survive_is_refused(running: Running, body: bytes) -> None:
    response = send(running, "POST", "/v2/models/digits/infer", body)

    assert response.status == 400
    assert response.json()["reason"] == "lua_response"
    assert alive(running)


def test_brackets_in_a_text_are_no_nesting(running: Running) -> None:
    tensor = {
        "name": "text",
        "shape": [1, 1],
        "datatype": "BYTES",
        "data": ["I love it " + "[{" * 99],
    }
    body = json.dumps({"inputs": [tensor]}).encode()

    assert send(running, "POST", "/v2/models/sentiment_pipeline/infer", body).status == 200


def test_a_large_body_that_calls_itself_a_form_does_not_bring_triton_down(
    running: Running,
) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}  # what curl says

    response = send(running, "POST", "/v2/models/digits/infer", b"x" * 7_900_000, **form)

    assert response.status == 500
    assert alive(running)


def test_headers_larger_than_triton_takes_are_refused_by_the_gateway(running: Running) -> None:
    assert send(running, "GET", "/v2/health/ready", large="a" * 50_000).status == 431
    assert send(running, "GET", "/v2/health/ready", large="a" * 7_000).status == 200


def test_a_compressed_body_is_refused_before_anybody_inflates_it(running: Running) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    headers = {"content-encoding": "gzip"}

    response = send(running, "POST", "/v2/models/digits/infer", bomb, **headers)

    assert response.status == 415
    assert alive(running)


def test_a_compressed_grpc_message_is_refused(running: Running) -> None:
    with grpc.insecure_channel(running.addresses.gateway_grpc) as channel:
        stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
        with pytest.raises(grpc.RpcError) as refusal:
            stub.ServerLive(
                service_pb2.ServerLiveRequest(), timeout=5, compression=grpc.Compression.Gzip
            )

    assert "compressed" in str(refusal.value.details())
