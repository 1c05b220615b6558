"""EKS: its version, who reaches its API server, its add-ons and its nodes."""

import ipaddress
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from config.group import Group, RetentionDays
from config.nodes import GeneralPool, GpuPool, NodePool


def _range_of_somebody(text: str) -> str:
    network = ipaddress.IPv4Network(text)
    if network.prefixlen < 8:
        raise ValueError("that is much of the internet: name the addresses of your own network")
    return text


PublicAccessCidr = Annotated[str, AfterValidator(_range_of_somebody)]


class AddonSettings(Group):
    """The add-ons that can be left out; those a cluster needs are always there."""

    cloudwatch_observability: bool = Field(
        default=False, description="Container Insights; costs by the metric"
    )


class ClusterSettings(Group):
    """EKS and its nodes."""

    kubernetes: str = Field(pattern=r"^1\.\d{2}$", description="minor version, e.g. 1.35")
    public_access_cidrs: tuple[PublicAccessCidr, ...] = Field(
        max_length=40,
        description="who may reach the API server from outside; empty: private endpoint only",
    )
    deletion_protection: bool = Field(description="EKS refuses to delete the cluster")
    log_retention_days: RetentionDays = 90
    addons: AddonSettings = AddonSettings()
    general_pool: GeneralPool
    gpu_pools: tuple[GpuPool, ...] = Field(min_length=1)

    @property
    def pools(self) -> tuple[NodePool, ...]:
        """All pools, the general one first."""
        return (self.general_pool, *self.gpu_pools)

    @model_validator(mode="after")
    def _pool_names_differ(self) -> Self:
        names = [pool.name for pool in self.pools]
        if len(set(names)) != len(names):
            raise ValueError(f"two node pools share a name: {', '.join(names)}")
        return self
