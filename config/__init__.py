"""What an environment decides, and every pinned version."""

from config.access import AccessSettings, GitHubSettings
from config.account import BudgetSettings, DataSettings, DeliverySettings, DnsSettings
from config.cluster import AddonSettings, ClusterSettings
from config.errors import ConfigError
from config.image import Image
from config.instances import GPU_INSTANCES, MAX_PODS, GpuInstance
from config.local import LocalSettings
from config.network import NetworkSettings
from config.nodes import GeneralPool, GpuPool, NodePool
from config.serving import EXIT_MARGIN_SECONDS, GatewaySettings, TritonSettings
from config.settings import Settings, environment_names, load_settings
from config.versions import (
    TRITON_IMAGE,
    Addon,
    KubernetesPins,
    TritonRelease,
    Version,
    Versions,
    load_versions,
)

__all__ = [
    "EXIT_MARGIN_SECONDS",
    "GPU_INSTANCES",
    "MAX_PODS",
    "TRITON_IMAGE",
    "AccessSettings",
    "Addon",
    "AddonSettings",
    "BudgetSettings",
    "ClusterSettings",
    "ConfigError",
    "DataSettings",
    "DeliverySettings",
    "DnsSettings",
    "GatewaySettings",
    "GeneralPool",
    "GitHubSettings",
    "GpuInstance",
    "GpuPool",
    "Image",
    "KubernetesPins",
    "LocalSettings",
    "NetworkSettings",
    "NodePool",
    "Settings",
    "TritonRelease",
    "TritonSettings",
    "Version",
    "Versions",
    "environment_names",
    "load_settings",
    "load_versions",
]
