"""A real registry of container images, from Debian, for a test to fill."""

import json
import subprocess
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError

from tests.support.environment import free_ports
from tests.support.waiting import until


class Registry:
    """A registry on a port of its own; it keeps what it has while it is stopped."""

    def __init__(self, directory: Path, *, password_file: str | None = None) -> None:
        directory.mkdir()
        self.address = f"127.0.0.1:{free_ports(1)[0]}"
        self._log = directory / "log"
        self._configuration = directory / "config.json"
        configuration: dict[str, Any] = {
            "version": 0.1,
            "storage": {"filesystem": {"rootdirectory": str(directory / "data")}},
            "http": {"addr": self.address},
        }
        if password_file is not None:
            (directory / "passwords").write_text(password_file)
            configuration["auth"] = {
                "htpasswd": {"realm": "test", "path": str(directory / "passwords")}
            }
        # JSON is YAML, which the registry reads.
        self._configuration.write_text(json.dumps(configuration))
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                ["docker-registry", "serve", self._configuration],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        until(self._answers, seconds=10)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def manifest(self, repository: str, reference: str) -> bytes:
        """What the registry has by a tag or a digest; its bytes are what a digest is of."""
        kinds = ("index", "manifest")
        request = urllib.request.Request(
            f"http://{self.address}/v2/{repository}/manifests/{reference}",
            headers={"Accept": ",".join(f"application/vnd.oci.image.{k}.v1+json" for k in kinds)},
        )
        with urllib.request.urlopen(request) as response:
            content: bytes = response.read()
            return content

    def tags(self, repository: str) -> list[str]:
        url = f"http://{self.address}/v2/{repository}/tags/list"
        with urllib.request.urlopen(url) as response:
            return sorted(json.load(response)["tags"])

    def writes(self) -> int:
        """How many requests could have changed something."""
        text = self._log.read_text()
        return sum(text.count(f"http.request.method={verb} ") for verb in ("PUT", "POST", "PATCH"))

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://{self.address}/v2/").close()
        except HTTPError as error:
            error.close()
            return error.code == 401
        except URLError:
            return False
        return True
