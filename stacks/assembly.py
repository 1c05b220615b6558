"""All stacks of one environment, and what flows between them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from config import Settings, Versions
from stacks.cluster import ClusterStack
from stacks.network import NetworkStack
from stacks.serving import ServingStack
from stacks.storage import StorageStack

_CDK_JSON = Path(__file__).parents[1] / "cdk.json"


@dataclass(frozen=True, kw_only=True)
class Assembly:
    """The stacks, in deploy order; delete in reverse."""

    network: NetworkStack
    storage: StorageStack
    cluster: ClusterStack
    serving: ServingStack


def feature_flags() -> dict[str, Any]:
    """The context of ``cdk.json``, which only the CLI would pass on by itself.

    Without it ``python app.py`` and the tests would make other templates than ``cdk deploy``.
    """
    context: dict[str, Any] = json.loads(_CDK_JSON.read_text(encoding="utf-8"))["context"]
    return context


def assemble(app: cdk.App, *, settings: Settings, versions: Versions) -> Assembly:
    """Make every stack of an environment.

    Raises:
        ValueError: no installed kubectl layer works with the cluster's version.
    """
    name = f"triton-platform-{settings.name}"

    network = NetworkStack(app, f"{name}-network", settings=settings)
    storage = StorageStack(app, f"{name}-storage", settings=settings, vpc=network.vpc)
    cluster = ClusterStack(
        app,
        f"{name}-cluster",
        settings=settings,
        versions=versions,
        vpc=network.vpc,
        models=storage.models,
    )
    serving = ServingStack(
        app,
        f"{name}-serving",
        settings=settings,
        versions=versions,
        cluster=cluster.cluster,
        models=storage.models,
    )
    return Assembly(network=network, storage=storage, cluster=cluster, serving=serving)
