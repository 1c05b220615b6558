"""One Triton pod, and what the gateway lets through to it."""

from typing import Self

from pydantic import Field, model_validator

from config.group import Group

# What Triton needs after the last request, to unload its models and leave: serving.lifecycle.
EXIT_MARGIN_SECONDS = 10


class TritonSettings(Group):
    """One Triton pod, and how it stops."""

    replicas: int = Field(ge=1, description="how many pods")
    gpus_per_pod: int = Field(
        ge=1, le=8, description="whole GPUs, or 1 part of a shared one; no machine has more than 8"
    )
    cpu_millicores: int = Field(ge=500, description="thousandths of a virtual CPU")
    memory_mib: int = Field(ge=1024, description="main memory, with the shared one")
    shared_memory_mib: int = Field(
        ge=64, description="/dev/shm, which Python models use to talk to Triton"
    )
    pre_stop_seconds: int = Field(
        ge=5, le=600, description="pause before SIGTERM, until no client is sent here any more"
    )
    exit_timeout_seconds: int = Field(
        ge=1,
        le=3600,
        description="longest wait for requests in flight. With a GPU pool on spot, it and "
        "`pre_stop_seconds` are 110 together at most",
    )

    @model_validator(mode="after")
    def _shared_memory_is_memory(self) -> Self:
        if self.shared_memory_mib >= self.memory_mib:
            raise ValueError(
                f"shared_memory_mib {self.shared_memory_mib} is part of memory_mib "
                f"{self.memory_mib}: lower it, or raise memory_mib"
            )
        return self


class GatewaySettings(Group):
    """What the gateway lets through."""

    max_request_mib: int = Field(ge=1, le=64, description="larger bodies get 413")
    request_timeout_seconds: int = Field(
        ge=1,
        le=3600,
        description="longest wait for an answer; no longer than triton.exit_timeout_seconds",
    )
    idle_timeout_seconds: int = Field(
        ge=1,
        description="after which an idle connection is closed; below triton.exit_timeout_seconds",
    )
