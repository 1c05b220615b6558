"""EKS: its version, who reaches its API server, its add-ons and its nodes."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config.group import Distinct, Group, RetentionDays
from config.network import PRIVATE_RANGES, ipv4_range
from config.nodes import GeneralPool, GpuPool, NodePool


def _range_of_somebody(text: str) -> str:
    network = ipv4_range(text)
    if network.prefixlen < 8:
        raise ValueError("that is much of the internet: name the addresses of your own network")
    if any(network.subnet_of(private) for private in PRIVATE_RANGES):
        raise ValueError(
            "a private range is not seen from outside: name the public addresses of your network"
        )
    return text


PublicAccessCidr = Annotated[str, AfterValidator(_range_of_somebody)]


class AddonSettings(Group):
    """The add-ons that can be left out; those a cluster needs are always there."""

    cloudwatch_observability: bool = Field(
        default=False, description="Container Insights; costs by the metric"
    )


class ClusterSettings(Group):
    """EKS and its nodes."""

    kubernetes: str = Field(
        pattern=r"^1\.[0-9]{2}$",
        description="a minor version with pins in config/versions.toml, in quotes",
        examples=["1.35"],
    )
    public_access_cidrs: Distinct[PublicAccessCidr] = Field(
        max_length=40,
        description="IPv4 ranges that may reach the API server from outside; empty: private "
        "endpoint only",
    )
    deletion_protection: bool = Field(description="EKS refuses to delete the cluster")
    log_retention_days: RetentionDays = Field(default=90, description="logs of the control plane")
    addons: AddonSettings = Field(
        default=AddonSettings(), description="The add-ons that can be left out."
    )
    general_pool: GeneralPool
    gpu_pools: tuple[GpuPool, ...] = Field(
        min_length=1, description="The pools of machines with NVIDIA GPUs, one or more."
    )

    @property
    def pools(self) -> tuple[NodePool, ...]:
        """All pools, the general one first."""
        return (self.general_pool, *self.gpu_pools)

    @model_validator(mode="after")
    def _pool_names_differ(self) -> Self:
        names = [pool.name for pool in self.pools]
        if len(set(names)) != len(names):
            raise ValueError(f"two node pools share a name: {', '.join(names)}: rename one")
        return self
