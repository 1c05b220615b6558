"""The platform as processes on this machine."""

import os
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config.group import Group

_PROJECT = Path(__file__).parents[1]


def _own_directory(text: str) -> str:
    if _PROJECT.is_relative_to(os.path.normpath(_PROJECT / text)):
        raise ValueError(
            "the project itself lies in it, and its content is written and deleted: name a "
            "directory for nothing else, for instance .local"
        )
    return text


OwnDirectory = Annotated[str, Field(min_length=1), AfterValidator(_own_directory)]
Port = Annotated[int, Field(ge=1024, le=65535)]


class LocalSettings(Group):
    """The platform as processes on this machine; every port listens on 127.0.0.1 only.

    Environments that leave these out share the defaults, and so one platform on this machine.
    """

    state_directory: OwnDirectory = Field(
        default=".local", description="logs, process records, generated files"
    )
    gateway_port: Port = Field(default=8080, description="HTTP and gRPC, for clients")
    gateway_admin_port: Port = Field(default=9901, description="Envoy's own statistics")
    triton_http_port: Port = Field(default=8000, description="Triton behind the gateway, HTTP")
    triton_grpc_port: Port = Field(default=8001, description="Triton behind the gateway, gRPC")
    triton_metrics_port: Port = Field(default=8002, description="Triton's own metrics")
    prometheus_port: Port = Field(default=9090, description="Prometheus and its pages")

    @model_validator(mode="after")
    def _ports_differ(self) -> Self:
        taken: dict[int, str] = {}
        for name, port in self.ports().items():
            if port in taken:
                raise ValueError(f"{name} and {taken[port]} are both {port}: choose another")
            taken[port] = name
        return self

    def ports(self) -> dict[str, int]:
        """Every port by the name of its setting."""
        return {name: value for name, value in self if name.endswith("_port")}
