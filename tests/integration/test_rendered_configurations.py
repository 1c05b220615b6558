"""What ``local/`` renders is accepted by the programs it is for."""

import json
import subprocess
from pathlib import Path

import pytest

from config import environment_names, load_settings
from local.envoy import envoy_binary, envoy_config
from local.process import LocalError
from local.prometheus import find_prometheus, install_prometheus, prometheus_config
from local.state import PROJECT, State

pytestmark = pytest.mark.integration

ENVIRONMENTS = pytest.mark.parametrize("environment", environment_names())


def envoy_accepts(config: dict[str, object], file: Path) -> bool:
    file.write_text(json.dumps(config), encoding="utf-8")
    command = [str(envoy_binary()), "--mode", "validate", "-c", str(file), "--disable-hot-restart"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@ENVIRONMENTS
def test_envoy_accepts_the_gateway_of_every_environment(environment: str, tmp_path: Path) -> None:
    config = envoy_config(load_settings(environment), access_log=tmp_path / "access.log")

    assert envoy_accepts(config, tmp_path / "envoy.json")


def test_envoy_would_refuse_a_misspelt_field(tmp_path: Path) -> None:
    config = envoy_config(load_settings("dev"), access_log=tmp_path / "access.log")
    config["admin"]["adress"] = {}

    assert not envoy_accepts(config, tmp_path / "envoy.json")


@pytest.fixture(scope="module")
def tools() -> State:
    """A state directory with Prometheus in it, the checkout's own."""
    state = State(PROJECT / ".local")
    if find_prometheus(state) is None:
        install_prometheus(state)
    return state


@ENVIRONMENTS
def test_promtool_accepts_the_scrape_configuration(
    environment: str, tools: State, tmp_path: Path
) -> None:
    program = find_prometheus(tools)
    assert program is not None
    file = tmp_path / "prometheus.yml"
    file.write_text(json.dumps(prometheus_config(load_settings(environment))), encoding="utf-8")

    promtool = [str(program.with_name("promtool")), "check", "config", str(file)]

    assert subprocess.run(promtool, capture_output=True, check=False).returncode == 0


def test_prometheus_is_unpacked_without_root_and_leaves_no_scratch(tmp_path: Path) -> None:
    program = install_prometheus(State(tmp_path))

    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    assert "prometheus, version" in version.stdout + version.stderr
    assert [path.name for path in (tmp_path / "tools").iterdir()] == ["prometheus"]


def test_a_machine_without_apt_is_told_to_install_prometheus_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(LocalError, match="install the package `prometheus` yourself"):
        install_prometheus(State(tmp_path))
    assert find_prometheus(State(tmp_path)) is None
