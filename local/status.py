"""What runs and serves on this machine, asked of the processes themselves."""

from dataclasses import dataclass
from pathlib import Path

from config import Settings
from local import triton
from local.process import last_words, read_record
from local.quarantine import read_quarantine
from local.state import State
from local.view import Served, servable
from serving.lint.linter import LintReport, lint
from serving.repository import Model
from serving.triton import METRICS_PATH

# In the order they start.
PROCESSES = ("triton", "gateway", "prometheus")


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
            and any(model.state == "ready" for model in self.models)
            and all(model.state in ("ready", "skipped") for model in self.models)
        )


def status(settings: Settings, repository: Path) -> PlatformStatus:
    """What runs and what serves, asked of the processes themselves."""
    state = State.of(settings.local)
    processes = tuple(_process_status(state, name) for name in PROCESSES)
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
    asked = _Asked.of(settings)
    statuses = []
    for name in sorted({*served.models, *served.skipped, *served.refused}):
        model = report.repository.models.get(name)
        if name in served.refused:
            state, detail = "refused", served.refused[name]
        elif name in served.skipped:
            state, detail = "skipped", served.skipped[name]
        else:
            state, detail = asked.about(served, name)
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


def crippled(settings: Settings, served: Served) -> list[str]:
    """Models that were loaded and have lost an instance since."""
    asked = _Asked.of(settings)
    return [name for name, model in served.models.items() if asked.lost(model)]


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Everything that was asked of the running Triton."""

    loaded: dict[str, triton.ModelState]
    alive: dict[str, int]
    quarantined: dict[str, str]

    @classmethod
    def of(cls, settings: Settings) -> "_Asked":
        state = State.of(settings.local)
        record = read_record(state, "triton")
        return cls(
            loaded=triton.model_states(settings),
            alive=dict(triton.live_instances(record.pid)) if record else {},
            quarantined=read_quarantine(state),
        )

    def lost(self, model: Model) -> int:
        """How many instances of a loaded model have died."""
        loaded = self.loaded.get(model.name)
        if loaded is None or loaded.state != "READY":
            return 0
        wanted = model.instance_count * len(model.served_versions)
        return max(wanted - self.alive.get(model.name, 0), 0)

    def about(self, served: Served, name: str) -> tuple[str, str]:
        """State and detail of a model that should serve."""
        if not self.loaded:
            return "stopped", ""
        if name in self.quarantined:
            return "failed", f"left out, Triton died loading it: {self.quarantined[name]}"
        if name not in self.loaded:
            return "failed", "not loaded: it is new, or calls a model that failed; run `make up`"
        if self.loaded[name].state != "READY":
            return "failed", self.loaded[name].reason or "see `tritonctl logs triton`"
        if lost := self.lost(served.models[name]):
            died = f"{lost} of its instances died while serving"
            return "failed", f"{died} (`tritonctl logs triton`); `make up` restarts it"
        return "ready", _difference(name, served)


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
            detail=f"its log ends: {last_words(log)} ({log}); `make up` starts it again",
        )
    return ProcessStatus(name=name, state="running", pid=record.pid)
