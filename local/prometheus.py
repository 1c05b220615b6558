"""A real Prometheus beside the platform, from the distribution's package."""

import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from config import Settings
from local.process import LocalError, Service
from local.state import State
from serving.metrics import GATEWAY_JOB, GATEWAY_METRICS_PATH, TRITON_JOB
from serving.triton import METRICS_PATH

_SCRAPE_INTERVAL = "2s"
_RETENTION = "1d"
_APT_TIMEOUT_SECONDS = 90


def find_prometheus(state: State) -> Path | None:
    """The program: on the PATH, or where ``install_prometheus`` put it."""
    found = shutil.which("prometheus")
    if found:
        return Path(found)
    installed = _installed(state)
    return installed if installed.is_file() else None


def install_prometheus(state: State) -> Path:
    """Unpack Debian's or Ubuntu's package into the state directory; needs no root.

    Raises:
        LocalError: the package cannot be had; says why and what to do.
    """
    advice = "install the package `prometheus` yourself"
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise LocalError(f"this is no Debian or Ubuntu: {advice}")
    state.tools.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=state.tools) as scratch:
        directory = Path(scratch)
        if not _download(directory, []) and not _download(directory, _private_lists(directory)):
            raise LocalError(f"apt-get cannot download it: {advice}")
        (package,) = directory.glob("prometheus_*.deb")
        unpacked = directory / "unpacked"
        subprocess.run(["dpkg-deb", "-x", str(package), str(unpacked)], check=True)
        target = _installed(state)
        target.parent.mkdir(parents=True, exist_ok=True)
        for program in ("promtool", "prometheus"):
            (unpacked / "usr" / "bin" / program).replace(target.with_name(program))
    return target


def prometheus_service(settings: Settings, state: State, program: Path) -> Service:
    """The Prometheus process; writes its configuration file."""
    directory = state.data("prometheus")
    directory.mkdir(parents=True, exist_ok=True)
    config_file = directory / "prometheus.yml"
    # JSON is YAML; no writer is needed.
    text = json.dumps(prometheus_config(settings), indent=2)
    config_file.write_text(text, encoding="utf-8")
    address = f"127.0.0.1:{settings.local.prometheus_port}"
    return Service(
        name="prometheus",
        command=[
            str(program),
            f"--config.file={config_file}",
            f"--storage.tsdb.path={directory / 'data'}",
            f"--storage.tsdb.retention.time={_RETENTION}",
            f"--web.listen-address={address}",
        ],
        environment={},
        ports={"prometheus_port": settings.local.prometheus_port},
        ready_url=f"http://{address}/-/ready",
        start_timeout_seconds=30,
        stop_timeout_seconds=15,
        content=hashlib.sha256(text.encode()).hexdigest(),
    )


def prometheus_config(settings: Settings) -> dict[str, Any]:
    """What is scraped: Triton and the gateway."""
    local = settings.local
    return {
        "global": {"scrape_interval": _SCRAPE_INTERVAL, "evaluation_interval": _SCRAPE_INTERVAL},
        "scrape_configs": [
            _job(TRITON_JOB, local.triton_metrics_port, METRICS_PATH),
            _job(GATEWAY_JOB, local.gateway_admin_port, GATEWAY_METRICS_PATH),
        ],
    }


def _job(name: str, port: int, path: str) -> dict[str, Any]:
    return {
        "job_name": name,
        "metrics_path": path,
        "static_configs": [{"targets": [f"127.0.0.1:{port}"]}],
    }


def _installed(state: State) -> Path:
    return state.tools / "prometheus" / "prometheus"


def _download(directory: Path, options: list[str]) -> bool:
    if options and not _apt(directory, [*options, "update"]):
        return False
    return _apt(directory, [*options, "download", "prometheus"])


def _private_lists(directory: Path) -> list[str]:
    """Options for a package index of our own: a fresh machine has none, and we are not root."""
    for name in ("lists/partial", "cache/archives/partial"):
        (directory / name).mkdir(parents=True)
    return [
        f"-oDir::State::Lists={directory / 'lists'}",
        f"-oDir::Cache={directory / 'cache'}",
        "-oAPT::Sandbox::User=",
    ]


def _apt(directory: Path, arguments: list[str]) -> bool:
    try:
        return (
            subprocess.run(
                ["apt-get", "-qq", *arguments],
                cwd=directory,
                capture_output=True,
                timeout=_APT_TIMEOUT_SECONDS,
                check=False,
            ).returncode
            == 0
        )
    except subprocess.TimeoutExpired:
        return False
