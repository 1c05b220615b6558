"""Environment files: each loads, and each mistake is told with file, key, value and remedy."""

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from config import ConfigError, LocalSettings, environment_names, load_settings
from config.settings import ENVIRONMENTS

ROOT = Path(__file__).parents[2]
DEV = (ENVIRONMENTS / "dev.toml").read_text(encoding="utf-8")


def write(directory: Path, old: str, new: str) -> Path:
    """The dev environment in a file of its own, with ``new`` for the first ``old``."""
    assert old in DEV, f"dev.toml no longer says {old!r}"
    path = directory / "mine.toml"
    path.write_text(DEV.replace(old, new, 1), encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    with pytest.raises(ConfigError) as refused:
        load_settings(str(path))
    return str(refused.value)


def test_there_are_three_environments() -> None:
    assert environment_names() == ["dev", "prod", "staging"]


@pytest.mark.parametrize("name", environment_names())
def test_every_environment_loads_and_is_named_as_its_file(name: str) -> None:
    assert load_settings(name).name == name


def test_a_file_is_loaded_by_its_path(tmp_path: Path) -> None:
    path = write(tmp_path, "gateway_port = 8080", "gateway_port = 18080")

    assert load_settings(str(path)).local.gateway_port == 18080


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "remedy"),
    [
        pytest.param(
            'name = "dev"',
            'name = "dev"\ncolour = "red"',
            "colour",
            "unknown key",
            "correct its spelling or remove it",
            id="unknown key",
        ),
        pytest.param(
            "nat_gateways = 1\n", "", "network.nat_gateways", "missing", "add it", id="missing key"
        ),
        pytest.param(
            "nat_gateways = 1",
            'nat_gateways = "one"',
            "network.nat_gateways",
            "'one'",
            "valid integer",
            id="wrong type",
        ),
        pytest.param(
            "10.10.0.0/16", "ten", "network.cidr", "'ten'", "Expected 4 octets", id="no CIDR"
        ),
        pytest.param(
            "10.10.0.0/16",
            "10.10.0.1/16",
            "network.cidr",
            "'10.10.0.1/16'",
            "has host bits set",
            id="CIDR of a host",
        ),
        pytest.param(
            "10.10.0.0/16", "10.10.0.0/28", "network.cidr", "/28'", "/16 to /20", id="small CIDR"
        ),
        pytest.param(
            "min_size = 2",
            "min_size = 9",
            "cluster.general_pool",
            "min_size 9",
            "exceeds max_size 4",
            id="more nodes than the maximum",
        ),
        pytest.param(
            "g6.xlarge",
            "m5.large",
            "cluster.gpu_pools.0",
            "'m5.large' has no NVIDIA GPU",
            "choose for instance g6.xlarge",
            id="GPU pool without GPU",
        ),
        pytest.param(
            "eu-central-1c",
            "us-east-1a",
            "availability_zones",
            "'us-east-1a' is not in eu-central-1",
            "write for instance eu-central-1a",
            id="zone of another region",
        ),
        pytest.param(
            "eu-central-1c",
            "eu-central-1a",
            "availability_zones",
            "",
            "name three different zones",
            id="equal zones",
        ),
        pytest.param(
            "gateway_port = 8080",
            "gateway_port = 8000",
            "triton_http_port and gateway_port",
            "both 8000",
            "choose another",
            id="equal ports",
        ),
        pytest.param(
            "gateway_port = 8080",
            "gateway_port = 80",
            "local.gateway_port",
            ": 80:",
            "greater than or equal to 1024",
            id="privileged port",
        ),
        pytest.param(
            "request_timeout_seconds = 20",
            "request_timeout_seconds = 31",
            "gateway.request_timeout_seconds",
            "31",
            "exceeds triton.exit_timeout_seconds 30",
            id="request outlives the pod",
        ),
        pytest.param(
            "idle_timeout_seconds = 15",
            "idle_timeout_seconds = 30",
            "gateway.idle_timeout_seconds",
            "30",
            "must be below triton.exit_timeout_seconds 30",
            id="idle connection outlives the pod",
        ),
        pytest.param(
            'name = "gpu"',
            'name = "general"',
            "cluster",
            "general, general",
            "two node pools share a name",
            id="equal pool names",
        ),
        pytest.param(
            'name = "dev"', 'name = "qa"', "name", "'qa'", "'dev', 'staging' or 'prod'", id="name"
        ),
    ],
)
def test_a_mistake_is_told_with_file_key_value_and_remedy(
    tmp_path: Path, old: str, new: str, key: str, value: str, remedy: str
) -> None:
    path = write(tmp_path, old, new)

    line = refusal(path).partition("\n")[0]

    assert line.startswith(f"{path}: ")
    assert key in line
    assert value in line
    assert remedy in line


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "nat_gateways = 1", "nat_gateways = 9\ncolour = 1")

    assert len(refusal(path).splitlines()) == 2


def test_one_mistake_in_a_gpu_pool_is_told_in_one_line(tmp_path: Path) -> None:
    assert len(refusal(write(tmp_path, "g6.xlarge", "m5.large")).splitlines()) == 1


def test_timeouts_may_be_as_long_as_the_pod_waits(tmp_path: Path) -> None:
    path = write(tmp_path, "request_timeout_seconds = 20", "request_timeout_seconds = 30")

    assert load_settings(str(path)).gateway.request_timeout_seconds == 30


@pytest.mark.parametrize("name", ["qa", "", "DEV", "../environments/dev"])
def test_an_unknown_environment_is_told_with_the_known_ones(name: str) -> None:
    with pytest.raises(ConfigError, match="choose dev, prod, staging, or give the path") as refused:
        load_settings(name)

    assert repr(name) in str(refused.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name = \n", "Invalid value (at line 1, column 8)"),
        (b'name = "\xff"', "can't decode byte 0xff in position 8"),
    ],
    ids=["broken TOML", "not UTF-8"],
)
def test_a_file_that_is_no_toml_is_told_with_the_place(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)

    assert refusal(path).startswith(f"{path}: ")
    assert reason in refusal(path)


def test_a_missing_file_is_told_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "nowhere.toml"

    assert refusal(path).startswith(f"{path}: ")


def test_a_directory_is_not_taken_for_a_file(tmp_path: Path) -> None:
    path = tmp_path / "folder.toml"
    path.mkdir()

    assert "Is a directory" in refusal(path)


def test_settings_cannot_be_changed() -> None:
    settings = load_settings("dev")

    for group, field in ((settings, "region"), (settings.cluster.gpu_pools[0], "max_size")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(group, field, None)


def test_every_port_is_told_by_its_name() -> None:
    ports = LocalSettings().ports()

    assert set(ports) == {name for name in LocalSettings.model_fields if "port" in name}


def test_the_committed_schema_is_what_the_code_says() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "config"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout

    assert (ROOT / "config" / "schema.json").read_text(encoding="utf-8") == printed
