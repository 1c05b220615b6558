"""The real Triton server, from the nvidia-pytriton wheel, on the CPU."""

import importlib.util
import os
import shutil
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import urllib3

from config import Settings, Versions
from local.process import LocalError, Service, ask
from local.quarantine import one_line
from local.state import State
from local.view import Served, build_view, content_digest
from serving.repository import Model
from serving.triton import LIVE_PATH, Place, Profile, arguments, server_flags

OUR_BACKENDS = Path(__file__).with_name("backends")
_BATCHING = Path(__file__).with_name("batching.py")  # which they import

_STUB = "triton_python_backend_stub"
_START_TIMEOUT_SECONDS = 120
# Shorter than the exit timeout: the gateway is gone by then, and so is every client, but Triton
# waits in vain for a model whose process has died.
_STOP_TIMEOUT_SECONDS = 8


@dataclass(frozen=True, kw_only=True)
class ModelState:
    """What Triton says of one version of a model.

    Attributes:
        state: ``READY``, ``LOADING``, ``UNAVAILABLE`` ...
        reason: Why it is not ready.
    """

    state: str
    reason: str = ""


def place(settings: Settings, state: State) -> Place:
    """Where the local Triton finds its models and listens."""
    return Place(
        model_repository=str(state.models),
        backend_directory=str(state.backends),
        address="127.0.0.1",
        http_port=settings.local.triton_http_port,
        grpc_port=settings.local.triton_grpc_port,
        metrics_port=settings.local.triton_metrics_port,
    )


def triton_service(settings: Settings, versions: Versions, state: State, served: Served) -> Service:
    """The Triton process.

    Raises:
        LocalError: the wheel carries no stub for this Python.
    """
    wheel = _wheel()
    flags = server_flags(
        versions.triton.local.server,
        Profile.LOCAL,
        place(settings, state),
        triton=settings.triton,
        gateway=settings.gateway,
    )
    ports = settings.local.ports()
    return Service(
        name="triton",
        command=[str(wheel / "tritonserver" / "bin" / "tritonserver"), *arguments(flags)],
        environment=_environment(wheel),
        ports={name: port for name, port in ports.items() if name.startswith("triton_")},
        ready_url=f"http://127.0.0.1:{settings.local.triton_http_port}{LIVE_PATH}",
        start_timeout_seconds=_START_TIMEOUT_SECONDS,
        stop_timeout_seconds=_STOP_TIMEOUT_SECONDS,
        content=content_digest(
            [*(model.directory for model in served.models.values()), OUR_BACKENDS, _BATCHING]
        ),
    )


def prepare(state: State, models: Iterable[Model]) -> None:
    """Write the view of the models and the backend directory that Triton will load."""
    build_view(models, state.models)
    shutil.rmtree(state.backends, ignore_errors=True)
    # Copies, since Triton refuses a backend whose real path lies outside the directory.
    shutil.copytree(OUR_BACKENDS, state.backends, ignore=shutil.ignore_patterns("__pycache__"))
    python = state.backends / "python"
    python.mkdir()
    wheel = _wheel() / "tritonserver"
    for file in (*(wheel / "backends" / "python").glob("*.*"), _stub(wheel)):
        shutil.copy(file, python)


def model_states(settings: Settings) -> dict[str, ModelState]:
    """What Triton says of every model, asked on its own port; empty when it does not answer."""
    url = f"http://127.0.0.1:{settings.local.triton_http_port}/v2/repository/index"
    try:
        response = ask("POST", url)
    except urllib3.exceptions.HTTPError:
        return {}
    if response.status != 200:
        return {}
    entries: list[dict[str, Any]] = response.json()
    return {
        entry["name"]: ModelState(
            state=entry.get("state", "UNAVAILABLE"), reason=one_line(entry.get("reason", ""))
        )
        for entry in entries
    }


def live_instances(pid: int) -> Counter[str]:
    """How many instances of each model have a living process.

    Every backend here is Python-based: one stub process an instance. Triton goes on calling a
    model ready whose process is gone, so its word is not enough.
    """
    alive: Counter[str] = Counter()
    try:
        children = psutil.Process(pid).children()
    except psutil.NoSuchProcess:
        return alive
    for child in children:
        with suppress(psutil.Error):
            if child.status() != psutil.STATUS_ZOMBIE:
                alive.update(_model_of(child.cmdline()))
    return alive


def _model_of(command: list[str]) -> list[str]:
    """The model a stub was started for; its first argument is the file below model/version/."""
    if len(command) < 2 or Path(command[0]).name != _STUB:
        return []
    return [Path(command[1]).parent.parent.name]


def _wheel() -> Path:
    # Found, not imported: importing pytriton would bring up its own framework.
    spec = importlib.util.find_spec("pytriton")
    if spec is None or not spec.submodule_search_locations:
        raise LocalError("the nvidia-pytriton package is missing: run `make up` again")
    return Path(spec.submodule_search_locations[0])


def _stub(tritonserver: Path) -> Path:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    stubs = tritonserver / "python_backend_stubs"
    stub = stubs / version / _STUB
    if not stub.is_file():
        there = ", ".join(sorted(path.name for path in stubs.iterdir()))
        raise LocalError(f"Triton has no stub for Python {version}: use one of {there}")
    return stub


def _environment(wheel: Path) -> Mapping[str, str]:
    """Little more than the interpreter: the stub must find this virtual environment."""
    python_bin = Path(sys.executable).parent
    return {
        "PATH": f"{python_bin}{os.pathsep}{os.defpath}",
        "VIRTUAL_ENV": sys.prefix,
        "LD_LIBRARY_PATH": str(wheel.parent / "nvidia_pytriton.libs"),
        "HOME": str(Path.home()),
        "LC_ALL": "C.UTF-8",
    }
