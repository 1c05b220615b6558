"""Up, down, and what happens in between; each test has a platform of its own."""

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from config import Settings, load_settings, load_versions
from local import platform
from local.process import LocalError, Service, read_record, start
from local.state import MODEL_REPOSITORY, PROJECT, State
from local.status import PROCESSES, PlatformStatus, addresses, status
from operations.inference import Client, InferenceError
from tests.support.environment import write_environment
from tests.support.python_models import write_python_model
from tests.support.waiting import until

pytestmark = pytest.mark.integration


class Laptop:
    """A machine to try things on: settings, a small repository, and what was announced."""

    def __init__(self, directory: Path) -> None:
        self.settings: Settings = load_settings(str(write_environment(directory)))
        self.state = State.of(self.settings.local)
        self.state.claim()
        self.state.tools.symlink_to(PROJECT / ".local" / "tools")
        self.repository = directory / "models"
        self.repository.mkdir()
        shutil.copytree(MODEL_REPOSITORY / "digits", self.repository / "digits")
        self.said: list[str] = []

    def up(self) -> PlatformStatus:
        self.said.clear()
        return platform.up(self.settings, load_versions(), self.repository, self.said.append)

    def down(self) -> list[str]:
        return platform.down(self.settings, self.said.append)

    def status(self) -> PlatformStatus:
        return status(self.settings, self.repository)

    def model_states(self) -> dict[str, str]:
        return {model.name: model.state for model in self.status().models}

    def pids(self) -> dict[str, int | None]:
        return {process.name: process.pid for process in self.status().processes}

    def process(self, name: str) -> psutil.Process:
        record = read_record(self.state, name)
        assert record is not None
        process = record.process()
        assert process is not None
        return process

    def digits_serve(self) -> bool:
        image = np.zeros((1, 1, 8, 8), dtype=np.float32)
        with Client(addresses(self.settings).gateway_grpc) as client:
            return "class" in client.infer("digits", {"image": image}).outputs

    def leftovers(self) -> list[list[str]]:
        """Command lines of living processes that name the state directory."""
        own = str(self.state.directory)
        return [
            process.info["cmdline"]
            for process in psutil.process_iter(["cmdline", "status"])
            if any(own in argument for argument in process.info["cmdline"] or [])
            and process.info["status"] != psutil.STATUS_ZOMBIE
        ]


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Laptop]:
    State(PROJECT / ".local").claim()
    State(PROJECT / ".local").tools.mkdir(exist_ok=True)
    laptop = Laptop(tmp_path)
    yield laptop
    laptop.down()


def test_a_second_up_leaves_everything_running_and_says_so(laptop: Laptop) -> None:
    laptop.up()
    before = laptop.pids()

    laptop.up()

    assert laptop.pids() == before
    assert [f"{name} already runs (pid {before[name]})" for name in PROCESSES] == laptop.said


def test_down_leaves_no_process_and_a_second_down_has_nothing_to_do(laptop: Laptop) -> None:
    laptop.up()
    assert laptop.leftovers()

    assert set(laptop.down()) == set(PROCESSES)

    assert laptop.leftovers() == []
    assert laptop.down() == []
    assert {process.state for process in laptop.status().processes} == {"stopped"}


def test_a_changed_model_restarts_triton_within_seconds_and_spares_prometheus(
    laptop: Laptop,
) -> None:
    laptop.up()
    before = laptop.pids()
    shutil.copytree(laptop.repository / "digits", laptop.repository / "second")
    config = laptop.repository / "second" / "config.pbtxt"
    config.write_text(config.read_text().replace('"digits"', '"second"'))
    assert laptop.model_states()["second"] == "failed"

    begin = time.monotonic()
    laptop.up()

    # Far below the exit timeout, for which the gateway's connections would hold Triton.
    assert time.monotonic() - begin < laptop.settings.triton.exit_timeout_seconds / 2
    after = laptop.pids()
    assert laptop.model_states() == {"digits": "ready", "second": "ready"}
    assert after["prometheus"] == before["prometheus"]
    assert after["triton"] != before["triton"]
    assert "triton runs with other models or settings: stopping it" in laptop.said


def test_a_taken_port_is_named_with_its_owner_and_setting_and_nothing_is_left(
    laptop: Laptop,
) -> None:
    port = laptop.settings.local.gateway_port
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        with pytest.raises(LocalError) as error:
            laptop.up()

    assert f"port {port} is in use by " in str(error.value)
    assert f"(pid {os.getpid()})" in str(error.value)
    assert "gateway_port under [local]" in str(error.value)
    assert laptop.leftovers() == []


def test_a_killed_triton_is_told_and_brought_back(laptop: Laptop) -> None:
    laptop.up()
    laptop.process("triton").kill()

    until(lambda: not laptop.status().running, seconds=5)
    dead = {process.name: process for process in laptop.status().processes}["triton"]
    assert dead.state == "dead"
    assert "make up" in dead.detail
    assert not laptop.status().healthy

    laptop.up()

    assert laptop.status().healthy
    assert laptop.digits_serve()


def test_a_gateway_without_triton_refuses_at_once(laptop: Laptop) -> None:
    laptop.up()
    laptop.process("triton").kill()

    def refused() -> bool:
        try:
            return not laptop.digits_serve()
        except InferenceError as error:
            return "no healthy upstream" in str(error)

    until(refused, seconds=10)
    begin = time.monotonic()
    assert refused()
    assert time.monotonic() - begin < 1


def test_broken_models_are_left_out_by_name_and_the_good_one_serves(laptop: Laptop) -> None:
    repository = laptop.repository
    shutil.copytree(repository / "digits", repository / "misnamed")
    for name in ("truncated", "unknown_backend"):
        shutil.copytree(repository / "digits", repository / name)
        config = repository / name / "config.pbtxt"
        config.write_text(config.read_text().replace('"digits"', f'"{name}"'))
    graph = repository / "truncated" / "1" / "model.onnx"
    graph.write_bytes(graph.read_bytes()[:5000])
    config = repository / "unknown_backend" / "config.pbtxt"
    config.write_text(config.read_text().replace('"onnxruntime"', '"onyx"'))
    write_python_model(repository, "raises_at_load", on_load="raise RuntimeError('no weights')")
    write_python_model(repository, "exits_at_load", on_load="os._exit(3)")
    write_python_model(repository, "raises_at_warm_up", on_request="raise RuntimeError('no')")
    write_python_model(repository, "exits_at_warm_up", on_request="os._exit(4)")

    found = {model.name: model for model in laptop.up().models}

    assert laptop.digits_serve()
    assert {name: model.state for name, model in found.items()} == {
        "digits": "ready",
        "misnamed": "refused",
        "truncated": "refused",
        "unknown_backend": "refused",
        "raises_at_load": "failed",
        "exits_at_load": "failed",
        "raises_at_warm_up": "failed",
        "exits_at_warm_up": "failed",
    }
    assert "no weights" in found["raises_at_load"].detail
    assert all(model.detail for model in found.values())


def test_a_model_that_dies_while_serving_is_told_and_brought_back(laptop: Laptop) -> None:
    write_python_model(laptop.repository, "fragile", on_request="x.sum() == 13 and os._exit(5)")
    laptop.up()
    assert laptop.model_states() == {"digits": "ready", "fragile": "ready"}

    with Client(addresses(laptop.settings).gateway_grpc) as client:
        with pytest.raises(InferenceError):
            client.infer("fragile", {"x": np.array([[13]], dtype=np.float32)})

        until(lambda: laptop.model_states()["fragile"] == "failed", seconds=5)
        assert laptop.model_states()["digits"] == "ready"
        assert laptop.digits_serve()

        laptop.up()

        assert laptop.model_states() == {"digits": "ready", "fragile": "ready"}
        assert client.infer("fragile", {"x": np.array([[1]], dtype=np.float32)}).outputs == {
            "y": [[1.0]]
        }


def test_an_empty_repository_is_never_called_ready(laptop: Laptop) -> None:
    shutil.rmtree(laptop.repository / "digits")

    with pytest.raises(LocalError, match="nothing to serve") as error:
        laptop.up()

    assert "repository-empty" in str(error.value)
    assert not laptop.status().healthy
    assert laptop.leftovers() == []


@pytest.mark.parametrize("pid", ["stranger", 0, 1, -3, "abc", 10**20])
def test_only_our_own_processes_are_ever_killed(laptop: Laptop, pid: int | str) -> None:
    """After a reboot a recorded pid may be anybody's; a record may be damaged."""
    # Like a server of ours, the stranger leads a process group of its own.
    stranger = subprocess.Popen(["sleep", "60"], start_new_session=True)
    record_file = laptop.state.record("gateway")
    record_file.parent.mkdir(parents=True)
    record = {"name": "gateway", "created": 1.0, "fingerprint": "", "stop_timeout_seconds": 1}
    record["pid"] = stranger.pid if pid == "stranger" else pid
    record_file.write_text(json.dumps(record))

    assert laptop.status().running is False
    assert laptop.down() == []

    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_process_that_ended_is_not_ready_because_another_answers(laptop: Laptop) -> None:
    laptop.up()
    service = Service(
        name="impostor",
        command=["/bin/false"],
        environment={},
        ports={},
        ready_url=f"{addresses(laptop.settings).prometheus}/-/ready",
        start_timeout_seconds=5,
        stop_timeout_seconds=1,
    )

    with pytest.raises(LocalError, match="impostor died"):
        start(service, laptop.state)


def test_a_state_directory_with_foreign_files_is_refused_and_left_alone(laptop: Laptop) -> None:
    directory = laptop.repository.parent / "home"
    precious = directory / "models" / "precious" / "weights"
    precious.parent.mkdir(parents=True)
    precious.write_text("mine")
    local = laptop.settings.local.model_copy(update={"state_directory": str(directory)})
    settings = laptop.settings.model_copy(update={"local": local})

    with pytest.raises(LocalError, match="holds other files"):
        platform.up(settings, load_versions(), laptop.repository, laptop.said.append)

    assert precious.read_text() == "mine"


def test_a_state_directory_that_is_a_file_is_refused(laptop: Laptop) -> None:
    file = laptop.repository.parent / "file"
    file.touch()
    local = laptop.settings.local.model_copy(update={"state_directory": str(file)})
    settings = laptop.settings.model_copy(update={"local": local})

    with pytest.raises(LocalError, match="cannot be used"):
        platform.up(settings, load_versions(), laptop.repository, laptop.said.append)


def test_the_generated_view_cannot_be_served_as_a_repository(laptop: Laptop) -> None:
    laptop.up()

    with pytest.raises(LocalError, match="lies in the state directory"):
        platform.up(laptop.settings, load_versions(), laptop.state.models, laptop.said.append)


def test_two_commands_do_not_change_the_platform_at_once(laptop: Laptop) -> None:
    with laptop.state.locked(), pytest.raises(LocalError, match="another tritonctl"):
        laptop.up()
