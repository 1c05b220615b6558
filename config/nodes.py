"""Pools of nodes: what machines, how many, at what terms, and how their GPUs are shared."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from config.group import Distinct, Group
from config.instances import GPU_INSTANCES, GpuInstance, check_general_instance, gpu_instance


def _general(name: str) -> str:
    check_general_instance(name)
    return name


def _with_gpu(name: str) -> str:
    gpu_instance(name)
    return name


GeneralInstanceType = Annotated[str, AfterValidator(_general)]
GpuInstanceType = Annotated[
    str, AfterValidator(_with_gpu), Field(json_schema_extra={"enum": list(GPU_INSTANCES)})
]

PoolName = Annotated[
    str,
    Field(
        pattern=r"^[a-z]([a-z0-9-]{0,29}[a-z0-9])?$",
        description="31 characters at most, of small letters, digits and hyphens: a letter first, "
        "no hyphen last",
        examples=["gpu-large"],
    ),
]


class NodePool(Group):
    """A managed node group."""

    name: PoolName
    instance_types: Distinct[GeneralInstanceType] = Field(
        min_length=1, description="x86-64 types, the preferred one first"
    )
    min_size: int = Field(ge=0, description="nodes that are always there")
    max_size: int = Field(ge=1, le=450, description="EKS allows 450 nodes a group")
    disk_size_gib: int = Field(ge=20, le=16384, description="gp3 volume for images and logs")
    disk_throughput_mibps: int = Field(
        default=125, ge=125, le=1000, description="how fast the volume reads and writes"
    )
    capacity: Literal["on-demand", "spot"] = Field(
        default="on-demand", description="spot is cheaper and may be taken away"
    )

    def zones(self, environment: tuple[str, ...]) -> tuple[str, ...]:
        """Where its nodes may be, in an environment of these zones."""
        return environment

    @model_validator(mode="after")
    def _sizes_agree(self) -> Self:
        if self.min_size > self.max_size:
            raise ValueError(
                f"pool {self.name!r}: min_size {self.min_size} exceeds max_size {self.max_size}: "
                "lower it, or raise max_size"
            )
        return self


class GeneralPool(NodePool):
    """The pool of everything that needs no GPU, over all zones."""

    min_size: int = Field(
        ge=2, description="nodes that are always there, two so that a zone may fail"
    )


class GpuPool(NodePool):
    """A managed node group whose machines carry NVIDIA GPUs."""

    # A pool of GPUs is checked by other types than its parent's.
    instance_types: Distinct[GpuInstanceType] = Field(
        min_length=1, description="types with equally many GPUs, the preferred one first"
    )
    min_size: int = Field(ge=0, description="nodes that are always there; 0 costs nothing at rest")
    ami: Literal["AL2023", "Bottlerocket"] = Field(
        default="AL2023", description="operating system, in its variant with NVIDIA's driver"
    )
    disk_size_gib: int = Field(
        default=200, ge=100, le=16384, description="the Triton image needs room twice"
    )
    disk_throughput_mibps: int = Field(
        default=600, ge=125, le=1000, description="what unpacking the Triton image can use"
    )
    capacity: Literal["on-demand", "spot", "capacity-block"] = Field(  # type: ignore[assignment]
        default="on-demand",
        description="spot is cheaper and may be taken away; a capacity block is bought ahead",
    )
    capacity_reservation_id: str | None = Field(
        default=None,
        pattern=r"^cr-[0-9a-f]{17}$",
        description="the id of capacity that is paid for already, which a capacity block needs",
        examples=["cr-0123456789abcdef0"],
    )
    availability_zones: Distinct[str] | None = Field(
        default=None,
        min_length=1,
        description="of the environment's zones; a reservation is in one. Default: all",
    )
    sharing: Literal["whole", "time-slicing", "mps", "mig"] = Field(
        default="whole",
        description="whole GPUs; time-slicing and mps share one without isolation; mig divides it",
    )
    shares: int = Field(default=1, ge=1, le=48, description="parts that one GPU is offered as")

    def zones(self, environment: tuple[str, ...]) -> tuple[str, ...]:
        """Where its nodes may be, in an environment of these zones."""
        return self.availability_zones or environment

    @property
    def instances(self) -> tuple[GpuInstance, ...]:
        """What is known of the pool's instance types."""
        return tuple(gpu_instance(name) for name in self.instance_types)

    @property
    def gpus_a_node(self) -> int:
        """What one node offers as ``nvidia.com/gpu``: its GPUs, or the parts they are shared in."""
        return self.instances[0].gpus * self.shares

    @model_validator(mode="after")
    def _types_are_alike(self) -> Self:
        if len({instance.gpus for instance in self.instances}) > 1:
            counts = ", ".join(f"{one.name} has {one.gpus}" for one in self.instances)
            raise ValueError(
                f"pool {self.name!r}: its types differ in GPUs ({counts}): the autoscaler counts "
                "every node of a pool alike. Make a pool of each"
            )
        return self

    @model_validator(mode="after")
    def _capacity_is_available(self) -> Self:
        reserved = self.capacity_reservation_id is not None
        if self.capacity == "capacity-block" and not reserved:
            raise ValueError(
                f"pool {self.name!r}: a capacity block needs capacity_reservation_id: add it"
            )
        if self.capacity == "spot" and reserved:
            raise ValueError(
                f"pool {self.name!r}: spot cannot use capacity_reservation_id: remove it, or "
                'write capacity = "on-demand"'
            )
        if reserved and (len(self.instance_types) > 1 or len(self.availability_zones or ()) != 1):
            raise ValueError(
                f"pool {self.name!r}: a reservation is of one type in one zone: name one in "
                "instance_types and one in availability_zones"
            )
        return self

    @model_validator(mode="after")
    def _sharing_is_possible(self) -> Self:
        if (self.sharing == "whole") != (self.shares == 1):
            raise ValueError(
                f"pool {self.name!r}: sharing {self.sharing!r} does not go with shares "
                f"{self.shares}: whole GPUs have 1, shared ones 2 or more"
            )
        if self.sharing != "whole" and self.ami == "Bottlerocket":
            raise ValueError(
                f"pool {self.name!r}: sharing {self.sharing!r} on Bottlerocket, whose own device "
                'plugin the platform does not set up: write ami = "AL2023", or sharing = "whole"'
            )
        undivided = [one.name for one in self.instances if not one.mig]
        if self.sharing == "mig" and undivided:
            raise ValueError(
                f"pool {self.name!r}: the GPU of {', '.join(undivided)} cannot be divided by MIG: "
                "choose for instance p5.4xlarge, or time-slicing or mps"
            )
        parts = min(one.mig for one in self.instances)
        if self.sharing == "mig" and self.shares > parts:
            raise ValueError(
                f"pool {self.name!r}: shares {self.shares} with mig: the GPUs of its types divide "
                f"into {parts} parts at most: lower it"
            )
        return self
