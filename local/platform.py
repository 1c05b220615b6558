"""The whole platform on this machine: Triton, the gateway in front, Prometheus beside."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config import Settings, Versions
from local import triton
from local.envoy import envoy_service
from local.process import (
    LocalError,
    Service,
    last_words,
    read_record,
    start,
    stop,
    wait_until_ready,
)
from local.prometheus import find_prometheus, install_prometheus, prometheus_service
from local.state import State
from local.view import Served, servable
from serving.lint.linter import LintReport, lint
from serving.triton import METRICS_PATH

# The gateway first: without its connections Triton leaves at once instead of waiting for them.
STOP_ORDER = ("gateway", "prometheus", "triton")

Announce = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class ProcessStatus:
    """One process: ``running``, ``dead`` (it was started and is gone) or ``stopped``."""

    name: str
    state: str
    pid: int | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class ModelStatus:
    """One model of the repository.

    Attributes:
        name: Directory name.
        state: ``ready``, ``failed``, ``refused``, ``skipped`` or ``stopped``.
        backend: What runs it.
        instances: Instances that config.pbtxt asks for; 0 for an ensemble.
        detail: Why it is not ready, or what is different here from a GPU node.
    """

    name: str
    state: str
    backend: str
    instances: int
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where the platform is reached on this machine.

    Attributes:
        gateway_http: URL for HTTP clients.
        gateway_grpc: ``host:port`` for gRPC clients; the same port.
        triton_grpc: ``host:port`` of Triton itself, which clients of a cluster never reach.
        triton_metrics: URL of Triton's own metrics.
        prometheus: URL of Prometheus.
    """

    gateway_http: str
    gateway_grpc: str
    triton_grpc: str
    triton_metrics: str
    prometheus: str

    def of_process(self, name: str) -> str:
        """The address a person wants of a process."""
        return {
            "gateway": f"{self.gateway_http} (HTTP and gRPC)",
            "triton": self.triton_metrics,
            "prometheus": self.prometheus,
        }[name]


@dataclass(frozen=True, kw_only=True)
class PlatformStatus:
    """What runs on this machine."""

    processes: tuple[ProcessStatus, ...]
    models: tuple[ModelStatus, ...]
    addresses: Addresses

    @property
    def running(self) -> bool:
        """Whether the processes that serve are alive."""
        needed = {"triton", "gateway"}
        return needed <= {one.name for one in self.processes if one.state == "running"}

    @property
    def healthy(self) -> bool:
        """Whether nothing is dead and every model is served that this machine can serve."""
        return (
            self.running
            and all(one.state != "dead" for one in self.processes)
            and all(model.state in ("ready", "skipped") for model in self.models)
        )


def up(
    settings: Settings, versions: Versions, repository: Path, announce: Announce
) -> PlatformStatus:
    """Start what does not run yet, and start anew what changed.

    A model that is broken is left out and named; the sound ones serve.

    Args:
        settings: The environment, for ports and limits.
        versions: For the version of the local Triton.
        repository: The model repository to serve.
        announce: Told each step, in a few words.

    Raises:
        LocalError: nothing can be served or a process cannot start; what this call had started
            is stopped again.
    """
    state = State.of(settings.local)
    report = lint(repository)
    served = servable(report)
    if not served.models:
        reasons = "\n".join(str(problem) for problem in report.problems)
        raise LocalError(f"there is nothing to serve in {repository}\n{reasons}".rstrip())
    services = [
        triton.triton_service(settings, versions, state, served),
        envoy_service(settings, state),
    ]
    prometheus = _prometheus(state, announce)
    if prometheus is not None:
        services.append(prometheus_service(settings, state, prometheus))

    started: list[str] = []
    try:
        for service in services:
            if _runs_unchanged(service, state, announce):
                continue
            if service.name == "triton":
                triton.prepare(state, served)
                announce(f"starting triton with {len(served.models)} models")
            else:
                announce(f"starting {service.name}")
            started.append(service.name)
            start(service, state)
    except BaseException:
        for name in STOP_ORDER:
            record = read_record(state, name)
            if name in started and record is not None:
                stop(record, state)
        raise
    return status(settings, repository)


def down(settings: Settings, announce: Announce) -> list[str]:
    """Stop every process that ``up`` started; the names of those that were running."""
    state = State.of(settings.local)
    records = [record for name in STOP_ORDER if (record := read_record(state, name))]
    running = [record.name for record in records if record.process() is not None]
    for record in records:
        if record.name in running:
            announce(f"stopping {record.name}")
        stop(record, state)
    return running


def status(settings: Settings, repository: Path) -> PlatformStatus:
    """What runs and what serves, asked of the processes themselves."""
    state = State.of(settings.local)
    processes = tuple(_process_status(state, name) for name in reversed(STOP_ORDER))
    return PlatformStatus(
        processes=processes,
        models=_models(settings, lint(repository)),
        addresses=addresses(settings),
    )


def addresses(settings: Settings) -> Addresses:
    """Where the platform of an environment is, running or not."""
    local = settings.local
    return Addresses(
        gateway_http=f"http://127.0.0.1:{local.gateway_port}",
        gateway_grpc=f"127.0.0.1:{local.gateway_port}",
        triton_grpc=f"127.0.0.1:{local.triton_grpc_port}",
        triton_metrics=f"http://127.0.0.1:{local.triton_metrics_port}{METRICS_PATH}",
        prometheus=f"http://127.0.0.1:{local.prometheus_port}",
    )


def _models(settings: Settings, report: LintReport) -> tuple[ModelStatus, ...]:
    served = servable(report)
    answered = triton.model_states(settings)
    statuses = []
    for name in sorted({*served.models, *served.skipped, *served.refused}):
        model = report.repository.models.get(name)
        loaded = answered.get(name)
        if name in served.refused:
            state, detail = "refused", served.refused[name]
        elif name in served.skipped:
            state, detail = "skipped", served.skipped[name]
        elif not answered:
            state, detail = "stopped", ""
        elif loaded is None:
            state, detail = "failed", "added after the start: run `make up` again"
        elif loaded.state == "READY":
            state, detail = "ready", _difference(name, served)
        else:
            state, detail = "failed", f"{loaded.state}: {loaded.reason}"
        statuses.append(
            ModelStatus(
                name=name,
                state=state,
                backend=model.backend if model else "unknown",
                instances=model.instance_count if model else 0,
                detail=detail,
            )
        )
    return tuple(statuses)


def _difference(name: str, served: Served) -> str:
    if name not in served.on_cpu:
        return ""
    accelerators = served.models[name].accelerators
    return f"CPU here, {' and '.join(['GPU', *accelerators])} in production"


def _process_status(state: State, name: str) -> ProcessStatus:
    record = read_record(state, name)
    if record is None:
        return ProcessStatus(name=name, state="stopped")
    if record.process() is None:
        log = state.log(name)
        return ProcessStatus(
            name=name,
            state="dead",
            detail=f"{last_words(log)} (log: {log}); run `make up` to start it again",
        )
    return ProcessStatus(name=name, state="running", pid=record.pid)


def _runs_unchanged(service: Service, state: State, announce: Announce) -> bool:
    record = read_record(state, service.name)
    if record is None:
        return False
    if record.process() is None:
        announce(f"{service.name} had died: {last_words(state.log(service.name))}")
    elif record.fingerprint == service.fingerprint:
        announce(f"{service.name} already runs (pid {record.pid})")
        wait_until_ready(service, record, state.log(service.name))
        return True
    else:
        announce(f"{service.name} runs with other models or settings: stopping it")
    stop(record, state)
    return False


def _prometheus(state: State, announce: Announce) -> Path | None:
    program = find_prometheus(state)
    if program is not None:
        return program
    announce("fetching prometheus")
    try:
        return install_prometheus(state)
    except LocalError as error:
        announce(f"prometheus is skipped: {error}")
        return None
