"""One Triton pod, and what the gateway lets through to it."""

from pydantic import Field

from config.group import Group


class TritonSettings(Group):
    """One Triton pod, and how it stops."""

    replicas: int = Field(ge=1)
    gpus_per_pod: int = Field(ge=1, le=8)
    cpu_millicores: int = Field(ge=500)
    memory_mib: int = Field(ge=1024)
    shared_memory_mib: int = Field(
        ge=64, description="/dev/shm, which Python models use to talk to Triton"
    )
    pre_stop_seconds: int = Field(
        ge=5, description="pause before SIGTERM, until no client is sent here any more"
    )
    exit_timeout_seconds: int = Field(ge=1, description="longest wait for requests in flight")


class GatewaySettings(Group):
    """What the gateway lets through."""

    max_request_mib: int = Field(ge=1, le=64, description="larger bodies get 413")
    request_timeout_seconds: int = Field(ge=1)
    idle_timeout_seconds: int = Field(ge=1, description="idle client connections are closed")
