"""A container image for two platforms, written by hand; small, and with a package to find."""

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Upstream:
    """An image for two platforms, pushed: the digests of the index and of its parts."""

    digest: str
    platforms: tuple[str, str]


def write_layout(directory: Path, package_version: str) -> Upstream:
    """An image for two platforms as an OCI layout on disk."""
    blobs = directory / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def put(content: bytes, kind: str, **more: object) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        (blobs / digest).write_bytes(content)
        return {
            "mediaType": f"application/vnd.oci.image.{kind}",
            "digest": f"sha256:{digest}",
            "size": len(content),
            **more,
        }

    manifests = []
    for architecture in ("amd64", "arm64"):
        unpacked = layer(package_version, architecture)
        platform = {"os": "linux", "architecture": architecture}
        config = {
            **platform,
            "config": {},
            "rootfs": {
                "type": "layers",
                "diff_ids": [f"sha256:{hashlib.sha256(unpacked).hexdigest()}"],
            },
        }
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": put(json.dumps(config).encode(), "config.v1+json"),
            "layers": [put(gzip.compress(unpacked, mtime=0), "layer.v1.tar+gzip")],
        }
        manifests.append(put(json.dumps(manifest).encode(), "manifest.v1+json", platform=platform))
    index = {
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "manifests": manifests,
    }
    entry = put(json.dumps(index).encode(), "index.v1+json")
    (directory / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (directory / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [entry]}))
    return Upstream(entry["digest"], (manifests[0]["digest"], manifests[1]["digest"]))


def layer(package_version: str, architecture: str) -> bytes:
    """A file system with one installed Python package."""
    content = f"Metadata-Version: 2.1\nName: otter\nVersion: {package_version}\n".encode()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, data in (
            (f"usr/lib/python3/dist-packages/otter-{package_version}.dist-info/METADATA", content),
            ("etc/architecture", architecture.encode()),
        ):
            member = tarfile.TarInfo(path)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def digest_of(manifest: bytes) -> str:
    return f"sha256:{hashlib.sha256(manifest).hexdigest()}"
