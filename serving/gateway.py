"""What the gateway lets in: inference, metadata and health; nothing that administers Triton.

Model control, shared memory, trace, log and repository routes are not listed and are therefore
refused, as is any route that a later Triton brings. Locally this becomes an Envoy
configuration, in the cluster Istio objects.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from config import GatewaySettings
from serving.triton import LIVE_PATH

Protocol = Literal["http", "grpc"]

# What Triton accepts as a model's directory name, less anything a path could abuse. Without
# counted repetitions: Envoy and Istio refuse a regex whose RE2 program exceeds 100 steps.
MODEL_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
_MODEL_PATH = rf"/v2/models/{MODEL_NAME}(/versions/[0-9]+)?"

# What the gateway checks inside a JSON body, as a script of Envoy's Lua filter.
REQUEST_GUARD = Path(__file__).with_name("request_guard.lua").read_text(encoding="utf-8")

# What every HTTP body is called on its way to Triton, which reads it the same in any case. A form,
# which is what curl calls its data, would be parsed as one: 6 MB of it end the server (2.51).
BODY_TYPE = "application/json"

GRPC_SERVICE = "inference.GRPCInferenceService"

_MIB = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Route:
    """One kind of request that passes.

    Attributes:
        name: For statistics and messages.
        protocol: gRPC requests are POST and go to Triton's gRPC port.
        method: The HTTP method.
        path_regex: RE2, matched against the whole path without its query.
    """

    name: str
    protocol: Protocol
    method: Literal["GET", "POST"]
    path_regex: str


def _grpc(name: str, method: str, service: str = GRPC_SERVICE) -> Route:
    path = f"/{service}/{method}".replace(".", r"\.")
    return Route(name=name, protocol="grpc", method="POST", path_regex=path)


ROUTES = (
    Route(name="infer", protocol="http", method="POST", path_regex=rf"{_MODEL_PATH}/infer"),
    Route(name="model-ready", protocol="http", method="GET", path_regex=rf"{_MODEL_PATH}/ready"),
    Route(name="model-metadata", protocol="http", method="GET", path_regex=_MODEL_PATH),
    Route(name="server-metadata", protocol="http", method="GET", path_regex=r"/v2"),
    Route(name="health", protocol="http", method="GET", path_regex=r"/v2/health/(live|ready)"),
    _grpc("grpc-infer", "ModelInfer"),
    _grpc("grpc-model-ready", "ModelReady"),
    _grpc("grpc-model-metadata", "ModelMetadata"),
    _grpc("grpc-server-metadata", "ServerMetadata"),
    _grpc("grpc-live", "ServerLive"),
    _grpc("grpc-ready", "ServerReady"),
    _grpc("grpc-health", "Check", service="grpc.health.v1.Health"),
)

# Refused though a route would match: "stats" in the place of a model's name gives the statistics
# of every model, and RE2 cannot say "any name but this one".
REFUSED_PATHS = ("/v2/models/stats",)

# A client's mistake in words it can act on; the status is the one Istio's policies answer with.
REFUSED_STATUS = 403
REFUSED_MESSAGE = (
    "this route is not served: the gateway passes inference, metadata and health requests only"
)
# Triton would inflate a compressed body without a limit (NVIDIA bulletins 5790, 5848).
COMPRESSED_STATUS = 415
COMPRESSED_MESSAGE = "compressed requests are refused: send the body without content-encoding"


@dataclass(frozen=True, kw_only=True)
class Gateway:
    """Limits beside the routes.

    Attributes:
        max_request_bytes: A body is collected up to here before Triton sees any of it, so a
            flood of tiny chunks arrives as one piece; more gets 413.
        request_timeout_seconds: From the last byte of the request to the last of the answer.
        idle_timeout_seconds: Until an idle client connection is closed.
        request_headers_timeout_seconds: For a client to send its headers.
        attempts: 1: an inference that failed is never sent again by the gateway. A retry under
            overload multiplies the load (and the bounded queue answers 503 on purpose).
        health_path: What tells that a Triton process is alive; readiness is asked per model.
    """

    max_request_bytes: int
    request_timeout_seconds: int
    idle_timeout_seconds: int
    request_headers_timeout_seconds: int = 5
    attempts: Literal[1] = 1
    health_path: str = LIVE_PATH

    @classmethod
    def of(cls, settings: GatewaySettings) -> Self:
        """The gateway of an environment."""
        return cls(
            max_request_bytes=settings.max_request_mib * _MIB,
            request_timeout_seconds=settings.request_timeout_seconds,
            idle_timeout_seconds=settings.idle_timeout_seconds,
        )
