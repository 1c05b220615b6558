"""The whole platform on this machine: Triton, the gateway in front, Prometheus beside."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from config import Settings, Versions
from local import triton
from local.envoy import envoy_service
from local.process import (
    LocalError,
    ProcessDiedError,
    Service,
    last_words,
    read_record,
    start,
    stop,
    wait_until_ready,
)
from local.prometheus import find_prometheus, install_prometheus, prometheus_service
from local.quarantine import failures, without, write_quarantine
from local.state import NotOursError, State
from local.status import PlatformStatus, crippled, status
from local.view import Served, servable
from serving.lint.linter import lint
from serving.problem import Severity

# The gateway first: without its connections Triton leaves at once instead of waiting for them.
_STOP_ORDER = ("gateway", "prometheus", "triton")

# A start that Triton did not survive is tried again, without the models its log blames.
_TRITON_STARTS = 4

Announce = Callable[[str], None]


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
        LocalError: nothing can be served or a process cannot start; then nothing is left
            running.
    """
    state = State.of(settings.local)
    if state.directory in repository.resolve().parents:
        raise LocalError(f"{repository} lies in the state directory, which is rewritten: move it")
    report = lint(repository)
    served = servable(report)
    if not served.models:
        reasons = "\n".join([*map(str, report.problems), *served.skipped.values()])
        raise LocalError(f"there is nothing to serve in {repository}\n{reasons}".rstrip())
    for model in sorted({one.model for one in report.problems if one.severity is Severity.UNSAFE}):
        announce(f"{model} is not fit for production: tritonctl models lint")
    with _alone(state):
        services = [
            triton.triton_service(settings, versions, state, served),
            envoy_service(settings, state),
        ]
        prometheus = _prometheus(state, announce)
        if prometheus is not None:
            services.append(prometheus_service(settings, state, prometheus))
        try:
            for service in services:
                if _runs_unchanged(service, settings, state, served, announce):
                    continue
                if service.name == "triton":
                    _start_triton(service, state, served, announce)
                else:
                    announce(f"starting {service.name}")
                    start(service, state)
        except BaseException:
            _stop_all(state, announce)
            raise
    return status(settings, repository)


def down(settings: Settings, announce: Announce) -> list[str]:
    """Stop every process that ``up`` started; the names of those that were running.

    Raises:
        LocalError: another command is starting or stopping the platform.
    """
    state = State.of(settings.local)
    with _alone(state):
        return _stop_all(state, announce)


def _start_triton(service: Service, state: State, served: Served, announce: Announce) -> None:
    """Start Triton; when a model takes it down, start it again without that model."""
    quarantined: dict[str, str] = {}
    for attempts_left in reversed(range(_TRITON_STARTS)):
        models = without(served.models, quarantined)
        if not models:
            raise LocalError(f"triton died loading each of its models: {quarantined}")
        announce(f"starting triton with {len(models)} models")
        triton.prepare(state, models.values())
        write_quarantine(state, quarantined)
        try:
            start(service, state)
        except ProcessDiedError:
            if attempts_left == 0:
                raise
            blamed = failures(state.log(service.name))
            quarantined |= blamed
            announce(f"triton died; trying again without {', '.join(blamed) or 'a change'}")
        else:
            return


def _stop_all(state: State, announce: Announce) -> list[str]:
    running = []
    for name in _STOP_ORDER:
        record = read_record(state, name)
        if record is None:
            continue
        if record.process() is not None:
            announce(f"stopping {name}")
            running.append(name)
        stop(record, state)
    return running


def _runs_unchanged(
    service: Service, settings: Settings, state: State, served: Served, announce: Announce
) -> bool:
    record = read_record(state, service.name)
    if record is None:
        return False
    if record.process() is None:
        announce(f"{service.name} had died: {last_words(state.log(service.name))}")
    elif record.fingerprint != service.fingerprint:
        announce(f"{service.name} runs with other models or settings: stopping it")
    elif service.name == "triton" and (lost := crippled(settings, served)):
        announce(f"{', '.join(lost)} lost instances: stopping triton")
    else:
        announce(f"{service.name} already runs (pid {record.pid})")
        wait_until_ready(service, record, state.log(service.name))
        return True
    gateway = read_record(state, "gateway")
    if service.name == "triton" and gateway is not None:
        stop(gateway, state)  # its connections would hold Triton for the whole exit timeout
    stop(record, state)
    return False


@contextmanager
def _alone(state: State) -> Iterator[None]:
    try:
        with state.locked():
            yield
    except NotOursError as error:
        raise LocalError(str(error)) from error
    except BlockingIOError as error:
        raise LocalError(
            "another tritonctl is starting or stopping this platform: wait for it to end"
        ) from error


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
