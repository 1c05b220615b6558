"""One environment: ``environments/<name>.toml``, checked and frozen."""

import math
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from config.access import AccessSettings, GitHubSettings
from config.account import BudgetSettings, DataSettings, DeliverySettings, DnsSettings
from config.cluster import ClusterSettings
from config.errors import ConfigError, explain, read_toml
from config.group import AwsAccount, Group, all_differ
from config.local import LocalSettings
from config.network import NetworkSettings
from config.regions import ZONES
from config.serving import EXIT_MARGIN_SECONDS, GatewaySettings, TritonSettings

ENVIRONMENTS = Path(__file__).with_name("environments")

# From AWS's word to the end of a spot machine (docs.aws.amazon.com/AWSEC2, "Spot Instance
# interruption notices").
SPOT_NOTICE_SECONDS = 120


def _region(name: str) -> str:
    if name not in ZONES:
        raise ValueError(f"no region with three zones: choose {', '.join(ZONES)}")
    return name


AwsRegion = Annotated[str, AfterValidator(_region), Field(json_schema_extra={"enum": list(ZONES)})]


class Settings(Group):
    """One environment."""

    name: Literal["dev", "staging", "prod"] = Field(
        description="part of every name on AWS; that of the file"
    )
    region: AwsRegion = Field(description="an AWS region with three zones or more")
    account: AwsAccount | None = Field(
        default=None,
        description="the 12 digits of the only account to deploy to, in quotes. Default: that of "
        "the credentials",
    )
    availability_zones: Annotated[tuple[str, str, str], AfterValidator(all_differ)] = Field(
        description="three zones of the region that offer the GPU instance types"
    )
    network: NetworkSettings
    data: DataSettings
    cluster: ClusterSettings
    triton: TritonSettings
    gateway: GatewaySettings
    access: AccessSettings = Field(
        default=AccessSettings(),
        description="Who may take the roles of the platform; a role that names nobody is open to "
        "whom the account's own policies allow.",
    )
    github: GitHubSettings | None = Field(
        default=None, description="The repository whose workflows may deploy. Default: none."
    )
    delivery: DeliverySettings | None = Field(
        default=None, description="A pipeline on AWS instead of GitHub's. Default: none."
    )
    dns: DnsSettings | None = Field(
        default=None, description="The name under which clients reach the gateway. Default: none."
    )
    budget: BudgetSettings | None = Field(
        default=None, description="Who is told when the month becomes expensive. Default: nobody."
    )
    local: LocalSettings = Field(
        default=LocalSettings(),
        description="The platform as processes on this machine; every port listens on 127.0.0.1.",
    )

    @model_validator(mode="after")
    def _zones_belong_to_the_region(self) -> Self:
        for zone in self.availability_zones:
            if zone not in ZONES[self.region]:
                raise ValueError(
                    f"availability_zones: {zone!r} is not in {self.region}: "
                    f"choose three of {', '.join(ZONES[self.region])}"
                )
        for pool in self.cluster.pools:
            for zone in pool.zones(self.availability_zones):
                if zone not in self.availability_zones:
                    raise ValueError(
                        f"pool {pool.name!r}: availability_zones: {zone!r} is none of the "
                        f"environment's: choose of {', '.join(self.availability_zones)}"
                    )
        return self

    @model_validator(mode="after")
    def _nodes_have_addresses(self) -> Self:
        # A pool spreads evenly over its zones, of which one may be lost.
        room = self.network.nodes_a_zone
        for zone in self.availability_zones:
            nodes = sum(
                math.ceil(pool.max_size / max(len(zones) - 1, 1))
                for pool in self.cluster.pools
                if zone in (zones := pool.zones(self.availability_zones))
            )
            if nodes > room:
                raise ValueError(
                    f"network.private_cidrs have addresses for {room} nodes a zone with their "
                    f"pods, and the pools may grow to {nodes} nodes in {zone} when another zone "
                    "is lost: widen the ranges, or lower max_size"
                )
        return self

    @model_validator(mode="after")
    def _a_pod_fits_its_nodes(self) -> Self:
        triton = self.triton
        for pool in self.cluster.gpu_pools:
            for instance in pool.instances:
                wants = {
                    "gpus_per_pod": (triton.gpus_per_pod, instance.gpus),
                    "cpu_millicores": (triton.cpu_millicores, instance.cpu_millicores_for_pods),
                    "memory_mib": (triton.memory_mib, instance.memory_mib_for_pods),
                }
                for key, (wanted, offered) in wants.items():
                    if wanted > offered:
                        raise ValueError(
                            f"triton.{key} {wanted} exceeds what a pod gets on {instance.name} "
                            f"of pool {pool.name!r}, {offered}: ask for less, or choose larger "
                            "machines"
                        )
            if pool.sharing != "whole" and triton.gpus_per_pod > 1:
                raise ValueError(
                    f"triton.gpus_per_pod {triton.gpus_per_pod} with pool {pool.name!r}: parts of "
                    'a shared GPU do not add up to more of it: write 1, or sharing = "whole"'
                )
        return self

    @model_validator(mode="after")
    def _pools_hold_the_replicas(self) -> Self:
        triton = self.triton
        room = sum(
            pool.max_size
            * max(
                min(
                    pool.gpus_a_node // triton.gpus_per_pod,
                    instance.cpu_millicores_for_pods // triton.cpu_millicores,
                    instance.memory_mib_for_pods // triton.memory_mib,
                )
                for instance in pool.instances
            )
            for pool in self.cluster.gpu_pools
        )
        if triton.replicas > room:
            raise ValueError(
                f"triton.replicas {triton.replicas} exceeds what the GPU pools hold when each has "
                f"its max_size, {room} such pods: lower it, or raise max_size"
            )
        return self

    @model_validator(mode="after")
    def _a_pod_leaves_a_spot_machine_in_time(self) -> Self:
        pause, timeout = self.triton.pre_stop_seconds, self.triton.exit_timeout_seconds
        for pool in self.cluster.gpu_pools:
            if (
                pool.capacity == "spot"
                and pause + timeout + EXIT_MARGIN_SECONDS > SPOT_NOTICE_SECONDS
            ):
                raise ValueError(
                    f"triton.pre_stop_seconds {pause} + triton.exit_timeout_seconds {timeout} + "
                    f"{EXIT_MARGIN_SECONDS} to leave exceed {SPOT_NOTICE_SECONDS}, the seconds "
                    f"that AWS gives a spot machine of pool {pool.name!r}: lower them, or write "
                    'capacity = "on-demand"'
                )
        return self

    @model_validator(mode="after")
    def _a_pod_outlives_its_requests(self) -> Self:
        gateway, triton = self.gateway, self.triton
        if gateway.request_timeout_seconds > triton.exit_timeout_seconds:
            raise ValueError(
                f"gateway.request_timeout_seconds {gateway.request_timeout_seconds} exceeds "
                f"triton.exit_timeout_seconds {triton.exit_timeout_seconds}: a stopping pod would "
                "cut requests that the gateway still waits for: lower it, or raise "
                "triton.exit_timeout_seconds"
            )
        if gateway.idle_timeout_seconds >= triton.exit_timeout_seconds:
            raise ValueError(
                f"gateway.idle_timeout_seconds {gateway.idle_timeout_seconds} must be below "
                f"triton.exit_timeout_seconds {triton.exit_timeout_seconds}: one idle connection "
                "would hold a stopping Triton for the whole timeout: lower it"
            )
        return self

    @model_validator(mode="after")
    def _arns_are_of_the_account(self) -> Self:
        arns = {}
        if self.github and self.github.oidc_provider_arn:
            arns["github.oidc_provider_arn"] = self.github.oidc_provider_arn
        # A connection under its newer name may be shared by another account, and any is known in
        # every region: docs.aws.amazon.com/dtconsole, "Share connections with AWS accounts".
        if self.delivery and ":codestar-connections:" in self.delivery.connection_arn:
            arns["delivery.connection_arn"] = self.delivery.connection_arn
        for key, arn in arns.items():
            owner = arn.split(":")[4]
            if self.account and owner != self.account:
                raise ValueError(
                    f"{key} {arn} is of account {owner}, and the environment's account is "
                    f"{self.account}: name one of {self.account}, or correct account"
                )
        return self

    @model_validator(mode="after")
    def _delivery_knows_the_repository(self) -> Self:
        if self.delivery and not self.github:
            raise ValueError("delivery needs github.repository, which it delivers: add [github]")
        if self.delivery and self.name != "prod":
            raise ValueError(
                f"delivery ends in production and is set in prod.toml: remove it from {self.name}"
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
        settings = Settings.model_validate_json(read_toml(path), strict=True)
    except ValidationError as error:
        raise ConfigError(explain(error, path, Settings)) from error
    if path.stem != settings.name and path.resolve().parent == ENVIRONMENTS.resolve():
        raise ConfigError(
            f"{path}: name: {settings.name!r}: a file of this folder is named as its environment: "
            f"correct name, or rename the file to {settings.name}.toml"
        )
    return settings
