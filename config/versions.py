"""The pins of ``versions.toml``, checked."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from config.errors import ConfigError, explain, read_toml
from config.image import Image, PinnedImage
from config.naming import BUILT_IMAGES

VERSIONS_FILE = Path(__file__).with_name("versions.toml")

_DOTTED = re.compile(r"[0-9]+(\.[0-9]+)+")


class Version(NamedTuple):
    """A dotted version that compares by number: ``2.9`` comes before ``2.51``."""

    parts: tuple[int, ...]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``"26.07"`` or ``"2.71.0"``; ``ValueError`` for anything else."""
        if not _DOTTED.fullmatch(text):
            raise ValueError(f"{text!r} is not a dotted version such as '2.71.0'")
        return cls(tuple(int(part) for part in text.split(".")))


def _dotted(text: str) -> str:
    Version.parse(text)
    return text


def _kubernetes_minor(text: str) -> str:
    if not re.fullmatch(r"1\.[0-9]+", text):
        raise ValueError('no Kubernetes version: write for instance "1.35"')
    return text


def _image_name(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", text):
        raise ValueError("no name of a repository: write small letters, digits and hyphens")
    if text in BUILT_IMAGES:
        raise ValueError(
            f"{' and '.join(BUILT_IMAGES)} are the repositories of what is built here: choose "
            "another name"
        )
    return text


Dotted = Annotated[str, AfterValidator(_dotted)]
KubernetesMinor = Annotated[str, AfterValidator(_kubernetes_minor)]
ImageName = Annotated[str, AfterValidator(_image_name)]
AddonVersion = Annotated[
    str,
    Field(
        pattern=r"^v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+$",
        description="the exact version as EKS names it",
        examples=["v1.22.4-eksbuild.3"],
    ),
]
Addon = Literal[
    "amazon-cloudwatch-observability",
    "aws-ebs-csi-driver",
    "aws-efs-csi-driver",
    "coredns",
    "eks-node-monitoring-agent",
    "kube-proxy",
    "metrics-server",
    "vpc-cni",
]

# The image among `images` that is the inference server.
TRITON_IMAGE = "tritonserver"


class _Pins(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TritonRelease(_Pins):
    """One Triton: the container's release and the server version inside it."""

    release: Dotted
    server: Dotted


class TritonPins(_Pins):
    """The two Tritons and the oldest release that production may run."""

    security_floor: Dotted
    production: TritonRelease
    local: TritonRelease

    @model_validator(mode="after")
    def _production_is_safe(self) -> Self:
        if Version.parse(self.production.release) < Version.parse(self.security_floor):
            raise ValueError(
                f"triton.production.release {self.production.release} has known vulnerabilities: "
                f"choose {self.security_floor} (triton.security_floor) or later"
            )
        return self

    @model_validator(mode="after")
    def _no_later_release_has_an_older_server(self) -> Self:
        older, newer = sorted(
            (self.production, self.local), key=lambda one: Version.parse(one.release)
        )
        if Version.parse(newer.server) < Version.parse(older.server):
            raise ValueError(
                f"server {newer.server} of release {newer.release} is older than server "
                f"{older.server} of release {older.release}: correct the one that is wrong"
            )
        return self


class KubectlLayer(_Pins):
    """What one kubectl layer carries."""

    kubectl: Dotted
    helm: Dotted


class KubernetesPins(_Pins):
    """One Kubernetes version on EKS.

    Attributes:
        standard_support_ends: Last day without extra charge; ``None`` when not published.
        extended_support_ends: Last day at all; then EKS upgrades the cluster by itself.
        addons: Exact versions; an add-on that is not named gets the one that EKS prefers.
    """

    standard_support_ends: date | None = None
    extended_support_ends: date | None = None
    addons: dict[Addon, AddonVersion]

    @model_validator(mode="after")
    def _support_ends_in_order(self) -> Self:
        standard, extended = self.standard_support_ends, self.extended_support_ends
        if standard and extended and extended <= standard:
            raise ValueError(
                f"extended_support_ends {extended} is not after standard_support_ends {standard}: "
                "correct the dates"
            )
        return self


class Tools(_Pins):
    """Programs that builds on AWS install."""

    syft: Dotted
    cdk_assets: Dotted


class Versions(_Pins):
    """All pins."""

    triton: TritonPins
    images: dict[ImageName, PinnedImage]
    tools: Tools
    kubectl_layers: dict[KubernetesMinor, KubectlLayer] = Field(min_length=1)
    kubernetes: dict[KubernetesMinor, KubernetesPins]

    @model_validator(mode="after")
    def _triton_is_the_release(self) -> Self:
        if TRITON_IMAGE not in self.images:
            raise ValueError(f"images.{TRITON_IMAGE}: missing: add it")
        release = self.triton.production.release
        if f":{release}-" not in self.images[TRITON_IMAGE]:
            raise ValueError(
                f"images.{TRITON_IMAGE} {self.images[TRITON_IMAGE]} is not release {release} "
                "(triton.production.release): make image and release agree"
            )
        return self

    @model_validator(mode="after")
    def _pins_are_of_their_kubernetes(self) -> Self:
        named = {
            f"kubectl_layers.{minor}.kubectl": (layer.kubectl, f"{minor}.")
            for minor, layer in self.kubectl_layers.items()
        } | {
            f"kubernetes.{minor}.addons.kube-proxy": (pins.addons["kube-proxy"], f"v{minor}.")
            for minor, pins in self.kubernetes.items()
            if "kube-proxy" in pins.addons
        }
        for key, (version, begin) in named.items():
            if not version.startswith(begin):
                raise ValueError(
                    f"{key} {version} is of another Kubernetes: write one that begins with {begin}"
                )
        return self

    @property
    def mirrored(self) -> dict[str, Image]:
        """The images that an environment keeps a copy of, by the name of the copy."""
        return {name: Image.parse(text) for name, text in self.images.items()}

    def pins_of(self, kubernetes: str) -> KubernetesPins:
        """What goes with a Kubernetes version.

        Raises:
            ConfigError: nothing is pinned for it; names the versions there are.
        """
        if kubernetes not in self.kubernetes:
            raise ConfigError(
                f"no add-ons are pinned for Kubernetes {kubernetes}: choose "
                f"{', '.join(self.kubernetes)}, or add it to config/versions.toml"
            )
        return self.kubernetes[kubernetes]

    def kubectl_layer_for(self, kubernetes: str) -> str:
        """The layer, as ``"1.35"``, whose kubectl is within one minor version of a cluster.

        Raises:
            ConfigError: no installed layer is; names the ones there are.
        """
        if not re.fullmatch(r"1\.\d+", kubernetes):
            raise ConfigError(f"{kubernetes!r} is no Kubernetes version: write for instance 1.35")

        def skew(layer: str) -> int:
            return abs(int(layer.split(".")[1]) - int(kubernetes.split(".")[1]))

        nearest = min(self.kubectl_layers, key=skew)
        if skew(nearest) > 1:
            raise ConfigError(
                f"no kubectl layer works with Kubernetes {kubernetes}: kubectl may differ by one "
                f"minor version, and the installed layers are {', '.join(self.kubectl_layers)}. "
                "Choose another Kubernetes version, or add the layer's package to pyproject.toml "
                "and its entry to config/versions.toml"
            )
        return nearest


def load_versions(path: Path = VERSIONS_FILE) -> Versions:
    """Read the pins.

    Raises:
        ConfigError: the file is missing, not TOML, or a pin is wrong; says which.
    """
    try:
        return Versions.model_validate_json(read_toml(path), strict=True)
    except ValidationError as error:
        raise ConfigError(explain(error, path, Versions)) from error
