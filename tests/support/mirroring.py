"""The image mirror's script between two registries, or where AWS would be."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.oci_image import Upstream, write_layout
from tests.support.registry import Registry

SCRIPT = Path(__file__).parents[2] / "constructs" / "platform_constructs" / "image_mirror.sh"
TOOLS = Path(sys.executable).parent
ECR = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
# bcrypt of "open-sesame"
PASSWORD_FILE = "AWS:$2y$04$abcdefghijklmnopqrstuuXcjcm5avyCiJoD2uS24xa2lb6fjMB3G\n"


def run_script(action: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [SCRIPT, action],
        env={"PATH": f"{TOOLS}:{os.environ['PATH']}"} | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def packages(sbom: Path) -> dict[str, str]:
    listed = json.loads(sbom.read_text())["packages"]
    return {package["name"]: package["versionInfo"] for package in listed}


def write_program(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/usr/bin/env bash\nset -eu\n{text}")
    path.chmod(0o755)


class Mirror:
    """Upstream, the copy's registry, and a place for the SBOMs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.upstream = Registry(directory / "upstream")
        self.ours = Registry(directory / "ours")
        self.sboms = directory / "sboms"

    def publish(self, package_version: str, *, tag: str = "26.07") -> Upstream:
        """Push an image upstream that holds one Python package, ``otter``."""
        layout = self.directory / f"layout-{package_version}"
        image = write_layout(layout, package_version)
        subprocess.run(
            [
                *("skopeo", "copy", "--all", "--quiet", "--dest-tls-verify=false"),
                *(f"oci:{layout}", f"docker://{self.upstream.address}/nvidia/triton:{tag}"),
            ],
            check=True,
        )
        return image

    def entry(self, digest: str, *, name: str = "triton", registry: str = "") -> dict[str, Any]:
        return {
            "name": name,
            "source": f"{self.upstream.address}/nvidia/triton@{digest}",
            "tag": "26.07",
            "digest": digest,
            "repository": f"{registry or self.ours.address}/dev/{name}",
        }

    def run(self, *entries: dict[str, Any], **environment: str) -> subprocess.CompletedProcess[str]:
        return run_script(
            "mirror",
            IMAGES=json.dumps(entries),
            **{"SBOM_LOCATION": str(self.sboms), "PLAIN_HTTP": "1"} | environment,
        )

    def sbom(self, digest: str, *, name: str = "triton") -> Path:
        return self.sboms / name / f"{digest}.spdx.json"


class Aws:
    """Programs that stand where AWS would be: ECR's address leads to a registry with a password.

    ``aws`` notes its calls and keeps a bucket in a folder.
    """

    def __init__(self, directory: Path, *, login: str = "echo open-sesame") -> None:
        self.registry = Registry(directory / "ecr", password_file=PASSWORD_FILE)
        self.bucket = directory / "bucket"
        self._calls = directory / "calls"
        self._calls.touch()
        self.programs = directory / "bin"
        for name in ("skopeo", "syft"):
            program = shutil.which(name, path=f"{TOOLS}:{os.environ['PATH']}")
            write_program(
                self.programs / name,
                f'echo "{name} $1" >> {self._calls}\n'
                f'exec {program} "${{@/{ECR}/{self.registry.address}}}"\n',
            )
        write_program(
            self.programs / "aws",
            f'echo "aws $*" >> {self._calls}\n'
            'case "$1 $2" in\n'
            f'  "ecr get-login-password") {login} ;;\n'
            f'  "s3 ls") [ -e "${{3/s3:\\/\\//{self.bucket}/}}" ] ;;\n'
            '  "s3 cp") mkdir -p "$(dirname "$TO")"; cp "$4" "$TO" ;;\n'
            "esac\n".replace("$TO", f"${{5/s3:\\/\\//{self.bucket}/}}"),
        )

    def calls(self, prefix: str) -> list[str]:
        return [call for call in self._calls.read_text().splitlines() if call.startswith(prefix)]
