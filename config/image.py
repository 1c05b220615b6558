"""A container image that is named by what it contains, not by a tag that may move."""

import re
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import AfterValidator

_IMAGE = re.compile(
    r"(?P<registry>[a-z0-9.-]+(:\d+)?)/(?P<repository>[a-z0-9._-]+(/[a-z0-9._-]+)*)"
    r":(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]*)(@(?P<digest>sha256:[0-9a-f]{64}))?"
)


@dataclass(frozen=True, kw_only=True)
class Image:
    """A pinned image.

    Attributes:
        registry: Host, such as ``nvcr.io``.
        repository: Path on it, such as ``nvidia/tritonserver``.
        tag: For people.
        digest: What is pulled: ``sha256:`` and 64 hexadecimal digits.
    """

    registry: str
    repository: str
    tag: str
    digest: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``registry/repository:tag@sha256:...``.

        Raises:
            ValueError: a part is missing, or the tag is ``latest``; says what to write.
        """
        match = _IMAGE.fullmatch(text)
        if match is None:
            raise ValueError(
                "name a registry, a repository, a tag and a digest: "
                "registry/repository:tag@sha256:<64 hexadecimal digits>"
            )
        if match["tag"] == "latest":
            raise ValueError("'latest' is not a version: name the exact tag")
        if match["digest"] is None:
            raise ValueError(
                "a tag can be moved: add the digest, @sha256:... "
                f"(skopeo inspect --format '{{{{.Digest}}}}' docker://{text})"
            )
        return cls(
            registry=match["registry"],
            repository=match["repository"],
            tag=match["tag"],
            digest=match["digest"],
        )

    @property
    def source(self) -> str:
        """Where to pull exactly this image from."""
        return f"{self.registry}/{self.repository}@{self.digest}"


def _pinned(text: str) -> str:
    Image.parse(text)
    return text


PinnedImage = Annotated[str, AfterValidator(_pinned)]
