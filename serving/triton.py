"""The flags Triton runs with, as a function of the server's version and the profile.

Flags differ by version and an unknown flag stops the server, so each flag names the version
that brought it. The two profiles are one definition: ``PROFILE_DIFFERENCES`` lists every flag
on which they may disagree, and why.
"""

from dataclasses import dataclass
from enum import StrEnum

from config import GatewaySettings, TritonSettings, Version

# Triton's own defaults, and the ports of the pod.
HTTP_PORT = 8000
GRPC_PORT = 8001
METRICS_PORT = 8002

# The user of NVIDIA's image, which also owns the files on the model volume.
CONTAINER_USER_ID = 1000

LIVE_PATH = "/v2/health/live"
READY_PATH = "/v2/health/ready"
METRICS_PATH = "/metrics"

# Slots that Triton keeps for responses; without a bound its memory grows with the worst burst.
_GRPC_RESPONSE_SLOTS = 128

_MIB = 1024 * 1024


class Profile(StrEnum):
    """Who runs this Triton."""

    PRODUCTION = "production"
    LOCAL = "local"


PROFILE_DIFFERENCES = {
    "model-repository": "the pod mounts a volume; this machine uses a generated view",
    "backend-directory": "production uses NVIDIA's backends, this machine our Python-based ones",
    "http-address": "a pod must listen to its network, a laptop only to itself",
    "grpc-address": "as http-address",
    "metrics-address": "as http-address",
    "http-port": "fixed in a pod, from the settings on a shared machine",
    "grpc-port": "as http-port",
    "metrics-port": "as http-port",
    "exit-on-error": "in production one bad model stops the rollout; here the good ones serve on",
    "allow-gpu-metrics": "there is no GPU here to ask",
}

# First server version that knows the flag; absent: older than anything supported.
# Read from the history of triton-inference-server/server, src/command_line_parser.cc.
_SINCE = {
    "grpc-max-response-pool-size": "2.56.0",
    "http-max-input-size": "2.60.0",
    "allow-client-shm": "2.69.0",
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where one Triton finds its models and listens."""

    model_repository: str
    address: str
    http_port: int = HTTP_PORT
    grpc_port: int = GRPC_PORT
    metrics_port: int = METRICS_PORT
    backend_directory: str | None = None


POD = Place(model_repository="/models", address="0.0.0.0")  # all of a pod's own network


def server_flags(
    server: str,
    profile: Profile,
    place: Place,
    *,
    triton: TritonSettings,
    gateway: GatewaySettings,
) -> dict[str, str]:
    """The flags of one Triton, name (without dashes) to value; ``""`` is a switch.

    Args:
        server: Version of the Triton server, such as ``"2.71.0"`` (not the container's ``26.07``).
        profile: Production or local.
        place: Repository, addresses and ports.
        triton: How long a stopping server waits.
        gateway: The largest request that clients may send.
    """
    production = profile is Profile.PRODUCTION
    flags = {
        "model-repository": place.model_repository,
        "model-control-mode": "none",
        "disable-auto-complete-config": "",
        "strict-readiness": "true",
        "exit-on-error": _boolean(production),
        "exit-timeout-secs": str(triton.exit_timeout_seconds),
        "http-address": place.address,
        "http-port": str(place.http_port),
        "http-max-input-size": str(gateway.max_request_mib * _MIB),
        "grpc-address": place.address,
        "grpc-port": str(place.grpc_port),
        "grpc-max-response-pool-size": str(_GRPC_RESPONSE_SLOTS),
        "metrics-address": place.address,
        "metrics-port": str(place.metrics_port),
        "allow-gpu-metrics": _boolean(production),
        "allow-client-shm": "false",
        "allow-sagemaker": "false",
        "allow-vertex-ai": "false",
    }
    if place.backend_directory is not None:
        flags["backend-directory"] = place.backend_directory
    version = Version.parse(server)
    return {
        name: value
        for name, value in flags.items()
        if name not in _SINCE or Version.parse(_SINCE[name]) <= version
    }


def arguments(flags: dict[str, str]) -> list[str]:
    """The flags as ``tritonserver`` wants them."""
    return [f"--{name}={value}" if value else f"--{name}" for name, value in flags.items()]


def _boolean(value: bool) -> str:
    return "true" if value else "false"
