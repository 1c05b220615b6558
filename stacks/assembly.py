"""All stacks of one environment, and what flows between them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constructs import Construct

from config import Settings, Versions
from stacks.cluster import ClusterStack
from stacks.network import NetworkStack
from stacks.registry import RegistryStack
from stacks.security import SecurityStack
from stacks.serving import ServingStack
from stacks.storage import StorageStack

_CDK_JSON = Path(__file__).parents[1] / "cdk.json"


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """The stacks, in deploy order; delete in reverse."""

    security: SecurityStack
    network: NetworkStack
    registry: RegistryStack
    storage: StorageStack
    cluster: ClusterStack
    serving: ServingStack


def feature_flags() -> dict[str, Any]:
    """The context of ``cdk.json``, which only the CLI would pass on by itself.

    Without it ``python app.py`` and the tests would make other templates than ``cdk deploy``.
    """
    context: dict[str, Any] = json.loads(_CDK_JSON.read_text(encoding="utf-8"))["context"]
    return context


def assemble(scope: Construct, *, settings: Settings, versions: Versions) -> Assembly:
    """Make every stack of an environment.

    Args:
        scope: The app, or a stage of the pipeline.
        settings: The environment.
        versions: Every pin.

    Raises:
        ConfigError: no installed kubectl layer works with the cluster's version, or no add-ons
            are pinned for it.
    """
    security = SecurityStack(scope, settings=settings)
    safeguards = security.safeguards

    network = NetworkStack(scope, settings=settings, safeguards=safeguards)
    registry = RegistryStack(
        scope,
        settings=settings,
        versions=versions,
        safeguards=safeguards,
    )
    storage = StorageStack(
        scope,
        settings=settings,
        safeguards=safeguards,
        vpc=network.vpc,
    )
    cluster = ClusterStack(
        scope,
        settings=settings,
        versions=versions,
        safeguards=safeguards,
        roles=security.roles,
        vpc=network.vpc,
        models=storage.models,
    )
    serving = ServingStack(
        scope,
        settings=settings,
        versions=versions,
        safeguards=safeguards,
        cluster=cluster.cluster,
        image=registry.triton_image,
        models=storage.models,
    )
    return Assembly(
        security=security,
        network=network,
        registry=registry,
        storage=storage,
        cluster=cluster,
        serving=serving,
    )
