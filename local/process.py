"""Processes that outlive the command which started them."""

import hashlib
import json
import os
import re
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
import urllib3

from local.state import State

_POLL_SECONDS = 0.05
_LAST_LINES = 5
_PID_LIMIT = 2**22  # Linux, include/linux/threads.h
_ERROR = re.compile(r"^E\d{4} |\[(error|critical)\]|level=error|error while|terminate called", re.I)
_HTTP = urllib3.PoolManager(retries=False, timeout=2)


class LocalError(RuntimeError):
    """The local platform cannot do what was asked; the message names the cause and the fix."""


class ProcessDiedError(LocalError):
    """A process ended by itself while it was starting."""


@dataclass(frozen=True, kw_only=True)
class Service:
    """One process of the platform.

    Attributes:
        name: For logs and messages.
        command: Absolute path of the program and its arguments.
        environment: Its whole environment.
        ports: The ports it opens on 127.0.0.1, by the name of their setting.
        ready_url: Answers 200 when it serves.
        start_timeout_seconds: How long that may take.
        stop_timeout_seconds: From SIGTERM to SIGKILL.
        content: Digest of everything else that it reads at its start.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ports: Mapping[str, int]
    ready_url: str
    start_timeout_seconds: float
    stop_timeout_seconds: float
    content: str = ""

    @property
    def fingerprint(self) -> str:
        """Changes when the running process would have to be started anew."""
        text = json.dumps([list(self.command), sorted(self.environment.items()), self.content])
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Record:
    """A started process, as written to the state directory.

    The creation time tells it from a stranger that was given the same pid later.
    """

    name: str
    pid: int
    created: float
    fingerprint: str
    stop_timeout_seconds: float

    def process(self) -> psutil.Process | None:
        """The process if it is alive."""
        try:
            process = psutil.Process(self.pid)
            alive = (
                abs(process.create_time() - self.created) < 1
                and process.status() != psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return None
        return process if alive else None


def read_record(state: State, name: str) -> Record | None:
    """What was started under this name, alive or not; a damaged record counts as none."""
    try:
        record = Record(**json.loads(state.record(name).read_text(encoding="utf-8")))
        sound = 1 < int(record.pid) < _PID_LIMIT and float(record.created) > 0
    except (OSError, ValueError, TypeError):
        return None
    return record if sound else None


def start(service: Service, state: State) -> None:
    """Start a process and wait until it serves; on failure nothing of it is left.

    Raises:
        ProcessDiedError: it ended by itself.
        LocalError: a port is taken, or it did not serve in time.
    """
    _require_free(service.ports)
    log = state.log(service.name)
    for path in (log, state.record(service.name)):
        path.parent.mkdir(parents=True, exist_ok=True)
    # posix_spawn rather than subprocess: the process is to outlive us, nobody waits for it.
    pid = os.posix_spawn(
        service.command[0],
        list(service.command),
        dict(service.environment),
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )
    record = Record(
        name=service.name,
        pid=pid,
        created=psutil.Process(pid).create_time(),
        fingerprint=service.fingerprint,
        stop_timeout_seconds=service.stop_timeout_seconds,
    )
    state.record(service.name).write_text(json.dumps(asdict(record)), encoding="utf-8")
    try:
        wait_until_ready(service, record, log)
    except BaseException:
        stop(record, state)
        raise


def wait_until_ready(service: Service, record: Record, log: Path) -> None:
    """Wait until a started process serves.

    Raises:
        LocalError: it died, or does not serve in time; with the end of its log.
    """
    deadline = time.monotonic() + service.start_timeout_seconds
    while True:
        ready = answers(service.ready_url)
        # Asked after that: somebody else may answer at the address of a process that is gone.
        alive = record.process() is not None
        if ready and alive:
            return
        if not alive:
            raise ProcessDiedError(
                f"{service.name} died while starting: {last_words(log)}. Its log is {log}"
            )
        if time.monotonic() > deadline:
            raise LocalError(
                f"{service.name} did not serve within {service.start_timeout_seconds:.0f} s: "
                f"{last_words(log)}. Its log is {log}"
            )
        time.sleep(_POLL_SECONDS)


def stop(record: Record, state: State) -> None:
    """End a process and every process it started; the record goes last."""
    process = record.process()
    if process is not None:
        process.terminate()
        try:
            process.wait(record.stop_timeout_seconds)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(5)
    for stub in _orphans(record, state):
        with suppress(psutil.NoSuchProcess):
            stub.kill()
    with suppress(ChildProcessError):
        os.waitpid(record.pid, os.WNOHANG)
    state.record(record.name).unlink(missing_ok=True)


def _orphans(record: Record, state: State) -> Iterator[psutil.Process]:
    """Stubs that outlived their server: of its process group, and with our paths.

    The group alone would not do: after a reboot its number may be a stranger's.
    """
    own = f"{state.directory}{os.sep}"
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            in_group = os.getpgid(process.pid) == record.pid
            if in_group and any(argument.startswith(own) for argument in process.cmdline()):
                yield process


def ask(method: str, url: str) -> urllib3.BaseHTTPResponse:
    """One request on a connection of its own.

    A connection kept alive would hold a stopping Triton for its whole exit timeout.

    Raises:
        urllib3.exceptions.HTTPError: nobody answers.
    """
    return _HTTP.request(method, url, headers={"Connection": "close"})


def answers(url: str) -> bool:
    """Whether a GET is answered with 200."""
    try:
        return ask("GET", url).status == 200
    except urllib3.exceptions.HTTPError:
        return False


def last_words(log: Path) -> str:
    """The last line of a log that speaks of an error, else its last line."""
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return "no log"
    told = [line.strip() for line in lines if line.strip()]
    errors = [line for line in told[-_LAST_LINES:] if _ERROR.search(line)]
    return (errors or told or ["an empty log"])[-1]


def _require_free(ports: Mapping[str, int]) -> None:
    for setting, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise LocalError(
                    f"port {port} is in use{_owner(port)}: stop that, or choose another "
                    f"{setting} under [local] in the environment's file (config/environments/)"
                ) from error


def _owner(port: int) -> str:
    """`` by name (pid n)`` when this user may know it."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if not (connection.laddr and connection.pid):
                continue
            if connection.status == psutil.CONN_LISTEN and connection.laddr.port == port:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
