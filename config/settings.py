"""What an environment decides: ``environments/<name>.toml``, checked and frozen."""

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from config.errors import ConfigError, explain, read_toml

ENVIRONMENTS = Path(__file__).with_name("environments")

# Accelerated families that carry NVIDIA GPUs: docs.aws.amazon.com/ec2, "Accelerated computing".
_GPU_FAMILY = re.compile(
    r"(g4dn|g5|g6|g6e|gr6|g6f|g7e|p3|p3dn|p4d|p4de|p5|p5e|p5en|p6[a-z0-9-]*)\."
)


def _ipv4_network(text: str) -> str:
    network = ipaddress.IPv4Network(text)
    if not 16 <= network.prefixlen <= 20:
        raise ValueError("a VPC of this platform is a /16 to /20: pods need the addresses")
    return text


def _address_range(text: str) -> str:
    ipaddress.IPv4Network(text)
    return text


Port = Annotated[int, Field(ge=1024, le=65535)]
Cidr = Annotated[str, AfterValidator(_ipv4_network)]
AddressRange = Annotated[str, AfterValidator(_address_range)]
InstanceType = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*\.[a-z0-9-]+$")]
AwsRegion = Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NetworkSettings(_Group):
    """The VPC."""

    cidr: Cidr = Field(description="IPv4 range of the VPC, /16 to /20")
    nat_gateways: int = Field(ge=1, le=3, description="1 is cheap; 3 survives the loss of an AZ")


class NodePool(_Group):
    """A managed node group."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")
    instance_types: tuple[InstanceType, ...] = Field(min_length=1)
    min_size: int = Field(ge=0)
    max_size: int = Field(ge=1)
    disk_size_gib: int = Field(ge=20, le=16384, description="root volume")
    spot: bool = False

    @model_validator(mode="after")
    def _sizes_agree(self) -> Self:
        if self.min_size > self.max_size:
            raise ValueError(
                f"pool {self.name!r}: min_size {self.min_size} exceeds max_size {self.max_size}"
            )
        return self


class GpuPool(NodePool):
    """A managed node group whose machines carry NVIDIA GPUs."""

    disk_size_gib: int = Field(
        default=200, ge=100, le=16384, description="root volume; the Triton image needs room twice"
    )

    @model_validator(mode="after")
    def _has_gpus(self) -> Self:
        for name in self.instance_types:
            if not _GPU_FAMILY.match(name):
                raise ValueError(
                    f"GPU pool {self.name!r}: {name!r} has no NVIDIA GPU; choose for instance "
                    "g6.xlarge, g5.2xlarge or p5.48xlarge"
                )
        return self


class ClusterSettings(_Group):
    """EKS and its nodes."""

    kubernetes: str = Field(pattern=r"^1\.\d{2}$", description="minor version, e.g. 1.35")
    public_access_cidrs: tuple[AddressRange, ...] = Field(
        description="who may reach the API server from outside; empty: private endpoint only"
    )
    general_pool: NodePool
    gpu_pools: tuple[GpuPool, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _pool_names_differ(self) -> Self:
        names = [pool.name for pool in (self.general_pool, *self.gpu_pools)]
        if len(set(names)) != len(names):
            raise ValueError(f"two node pools share a name: {', '.join(names)}")
        return self


class TritonSettings(_Group):
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


class GatewaySettings(_Group):
    """What the gateway lets through."""

    max_request_mib: int = Field(ge=1, le=64, description="larger bodies get 413")
    request_timeout_seconds: int = Field(ge=1)
    idle_timeout_seconds: int = Field(ge=1, description="idle client connections are closed")


class LocalSettings(_Group):
    """The platform as processes on this machine; every port listens on 127.0.0.1 only.

    Environments that leave these out share the defaults, and so one platform on this machine.
    """

    state_directory: str = Field(
        default=".local", min_length=1, description="logs, process records, generated files"
    )
    gateway_port: Port = Field(default=8080, description="HTTP and gRPC, for clients")
    gateway_admin_port: Port = Field(default=9901, description="Envoy's own statistics")
    triton_http_port: Port = 8000
    triton_grpc_port: Port = 8001
    triton_metrics_port: Port = 8002
    prometheus_port: Port = 9090

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


class Settings(_Group):
    """One environment."""

    name: Literal["dev", "staging", "prod"]
    region: AwsRegion
    availability_zones: tuple[str, str, str] = Field(
        description="three zones of the region that offer the GPU instance types"
    )
    network: NetworkSettings
    cluster: ClusterSettings
    triton: TritonSettings
    gateway: GatewaySettings
    local: LocalSettings = LocalSettings()

    @model_validator(mode="after")
    def _zones_belong_to_the_region(self) -> Self:
        for zone in self.availability_zones:
            if not re.fullmatch(re.escape(self.region) + "[a-z]", zone):
                raise ValueError(
                    f"availability_zones: {zone!r} is not in {self.region}: "
                    f"write for instance {self.region}a"
                )
        if len(set(self.availability_zones)) != len(self.availability_zones):
            zones = ", ".join(self.availability_zones)
            raise ValueError(f"availability_zones: {zones}: name three different zones")
        return self

    @model_validator(mode="after")
    def _a_pod_outlives_its_requests(self) -> Self:
        gateway, triton = self.gateway, self.triton
        if gateway.request_timeout_seconds > triton.exit_timeout_seconds:
            raise ValueError(
                f"gateway.request_timeout_seconds {gateway.request_timeout_seconds} exceeds "
                f"triton.exit_timeout_seconds {triton.exit_timeout_seconds}: a stopping pod would "
                "cut requests that the gateway still waits for"
            )
        if gateway.idle_timeout_seconds >= triton.exit_timeout_seconds:
            raise ValueError(
                f"gateway.idle_timeout_seconds {gateway.idle_timeout_seconds} must be below "
                f"triton.exit_timeout_seconds {triton.exit_timeout_seconds}: one idle connection "
                "would hold a stopping Triton for the whole timeout"
            )
        return self


def environment_names() -> list[str]:
    """The environments that have a file."""
    return sorted(path.stem for path in ENVIRONMENTS.glob("*.toml"))


def load_settings(environment: str) -> Settings:
    """Read one environment: its name, or the path of a TOML file.

    Raises:
        ConfigError: there is no such environment, or its file is wrong; names file, key,
            value and what is allowed.
    """
    if environment.endswith(".toml"):
        path = Path(environment)
    elif environment in environment_names():
        path = ENVIRONMENTS / f"{environment}.toml"
    else:
        raise ConfigError(
            f"no environment {environment!r}: choose {', '.join(environment_names())}, "
            "or give the path of a .toml file"
        )
    try:
        return Settings.model_validate_json(read_toml(path), strict=True)
    except ValidationError as error:
        raise ConfigError(explain(error, path)) from error
