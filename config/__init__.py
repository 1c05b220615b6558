"""What an environment decides, and every pinned version."""

from config.errors import ConfigError
from config.settings import (
    ClusterSettings,
    GatewaySettings,
    GpuPool,
    LocalSettings,
    NetworkSettings,
    NodePool,
    Settings,
    TritonSettings,
    environment_names,
    load_settings,
)
from config.versions import TritonImage, TritonRelease, Version, Versions, load_versions

__all__ = [
    "ClusterSettings",
    "ConfigError",
    "GatewaySettings",
    "GpuPool",
    "LocalSettings",
    "NetworkSettings",
    "NodePool",
    "Settings",
    "TritonImage",
    "TritonRelease",
    "TritonSettings",
    "Version",
    "Versions",
    "environment_names",
    "load_settings",
    "load_versions",
]
