"""The pins of ``versions.toml``, checked."""

import re
from pathlib import Path
from typing import Annotated, NamedTuple, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from config.errors import ConfigError, explain, read_toml

VERSIONS_FILE = Path(__file__).with_name("versions.toml")

_DOTTED = re.compile(r"\d+(\.\d+)+")
_IMAGE = re.compile(
    r"[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)+:(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]*)(@sha256:[0-9a-f]{64})?"
)


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


def _pinned_image(image: str) -> str:
    match = _IMAGE.fullmatch(image)
    if match is None:
        raise ValueError("name a registry, a repository and a tag: registry/repository:tag")
    if match["tag"] == "latest":
        raise ValueError("'latest' is not a version: name the exact tag")
    return image


Dotted = Annotated[str, AfterValidator(_dotted)]
KubernetesMinor = Annotated[str, Field(pattern=r"^1\.\d+$")]
PinnedImage = Annotated[str, AfterValidator(_pinned_image)]


class _Pins(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TritonRelease(_Pins):
    """One Triton: the container's release and the server version inside it."""

    release: Dotted
    server: Dotted


class TritonImage(TritonRelease):
    """The Triton that production runs."""

    image: PinnedImage


class TritonPins(_Pins):
    """The two Tritons and the oldest release that production may run."""

    security_floor: Dotted
    production: TritonImage
    local: TritonRelease

    @model_validator(mode="after")
    def _production_is_safe(self) -> Self:
        if Version.parse(self.production.release) < Version.parse(self.security_floor):
            raise ValueError(
                f"triton.production.release {self.production.release} has known vulnerabilities: "
                f"choose {self.security_floor} (triton.security_floor) or later"
            )
        if f":{self.production.release}-" not in self.production.image:
            raise ValueError(
                f"triton.production.image {self.production.image} is not release "
                f"{self.production.release}: make image and release agree"
            )
        return self


class KubectlLayer(_Pins):
    """What one kubectl layer carries."""

    kubectl: Dotted
    helm: Dotted


class Versions(_Pins):
    """All pins."""

    triton: TritonPins
    kubectl_layers: dict[KubernetesMinor, KubectlLayer] = Field(min_length=1)

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
        raise ConfigError(explain(error, path)) from error
