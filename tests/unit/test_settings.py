"""Environment files: each loads, and each mistake is told with file, key, value and remedy."""

import re
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from config import ConfigError, LocalSettings, environment_names, load_settings
from config.settings import ENVIRONMENTS
from tests.support.every_option import every_option
from tests.support.settings_mistakes import assert_refused, refusal, write_settings

# What an environment file offers in comments, such as `# [budget]`, taken up.
_OFFERED = re.compile(r"^# (?=\[|\w+ = )", re.MULTILINE)


def with_every_offer(name: str) -> str:
    return _OFFERED.sub("", (ENVIRONMENTS / f"{name}.toml").read_text(encoding="utf-8"))


PROD = with_every_offer("prod")


def test_there_are_three_environments() -> None:
    assert environment_names() == ["dev", "prod", "staging"]


@pytest.mark.parametrize("name", environment_names())
def test_every_environment_loads_and_is_named_as_its_file(name: str) -> None:
    assert load_settings(name).name == name


@pytest.mark.parametrize("name", environment_names())
def test_every_option_can_be_used_at_once(name: str) -> None:
    assert every_option(name).github is not None


@pytest.mark.parametrize("name", environment_names())
def test_what_an_environment_offers_in_comments_is_right(tmp_path: Path, name: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(with_every_offer(name), encoding="utf-8")

    assert load_settings(str(path)).budget is not None


def test_a_file_is_loaded_by_its_path(tmp_path: Path) -> None:
    path = write_settings(tmp_path, "gateway_port = 8080", "gateway_port = 18080")

    assert load_settings(str(path)).local.gateway_port == 18080


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "remedy"),
    [
        pytest.param(
            'name = "dev"',
            'name = "dev"\ncolour = "red"',
            "colour",
            "unknown key",
            "correct its spelling or remove it; there are name, region, account",
            id="unknown key",
        ),
        pytest.param(
            "idle_timeout_seconds = 15",
            "idle_timeout_seconds = 15\nretries = 3",
            "gateway.retries",
            "unknown key",
            "there are max_request_mib, request_timeout_seconds, idle_timeout_seconds",
            id="unknown key of a table",
        ),
        pytest.param(
            "nat_gateways = 1\n", "", "network.nat_gateways", "missing", "add it", id="missing key"
        ),
        pytest.param(
            "nat_gateways = 1",
            'nat_gateways = "one"',
            "network.nat_gateways",
            "'one'",
            "write a whole number",
            id="text for a number",
        ),
        pytest.param(
            "retain = false",
            'retain = "no"',
            "data.retain",
            "'no'",
            "write true or false",
            id="text for a switch",
        ),
        pytest.param(
            'kubernetes = "1.35"',
            "kubernetes = 1.35",
            "cluster.kubernetes",
            "1.35",
            'write text, in "quotes"',
            id="number for a text",
        ),
        pytest.param(
            "interface_endpoints = []",
            'interface_endpoints = "ec2"',
            "network.interface_endpoints",
            "'ec2'",
            "write a list, in [brackets]",
            id="text for a list",
        ),
        pytest.param(
            "[cluster.addons]\ncloudwatch_observability = false",
            "addons = 3",
            "cluster.addons",
            "3",
            "write a table",
            id="number for a table",
        ),
        pytest.param(
            'name = "dev"',
            'name = "qa"',
            "name",
            "'qa'",
            "choose 'dev', 'staging' or 'prod'",
            id="name",
        ),
        pytest.param(
            "gateway_port = 8080",
            "gateway_port = 80",
            "local.gateway_port",
            "80:",
            "write 1024 or more (HTTP and gRPC, for clients)",
            id="privileged port",
        ),
        pytest.param(
            "gateway_port = 8080",
            "gateway_port = 70000",
            "local.gateway_port",
            "70000:",
            "write 65535 or less",
            id="no port",
        ),
        pytest.param(
            "gateway_port = 8080",
            "gateway_port = 8000",
            "local",
            "triton_http_port and gateway_port are both 8000",
            "choose another",
            id="equal ports",
        ),
        pytest.param(
            "[local]",
            '[local]\nstate_directory = ""',
            "local.state_directory",
            "''",
            "write 1 or more characters",
            id="no directory",
        ),
        *(
            pytest.param(
                "[local]",
                f'[local]\nstate_directory = "{directory}"',
                "local.state_directory",
                repr(str(directory)),
                "name a directory for nothing else, for instance .local",
                id=f"{what} as the directory",
            )
            for what, directory in {
                "everything": "/",
                "the project": ".",
                "the project by a detour": ".local/..",
                "the project by its path": ENVIRONMENTS.parents[1],
                "what the project is in": "..",
            }.items()
        ),
    ],
)
def test_a_mistake_is_told_with_key_value_and_remedy(
    tmp_path: Path, old: str, new: str, key: str, value: str, remedy: str
) -> None:
    assert_refused(write_settings(tmp_path, old, new), key, value, remedy)


def test_every_mistake_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = write_settings(tmp_path, "nat_gateways = 1", "nat_gateways = 9\ncolour = 1")

    assert len(refusal(path).splitlines()) == 2


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
        (
            b'\xef\xbb\xbfname = "dev"',
            "not a readable TOML file: save it as UTF-8 without a byte order mark",
        ),
    ],
    ids=["broken TOML", "not UTF-8", "byte order mark"],
)
def test_a_file_that_is_no_toml_is_told_with_the_place(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(content)

    assert reason in refusal(path)


@pytest.mark.parametrize("by_path", [True, False], ids=["by path", "by name"])
def test_a_file_of_the_folder_is_named_as_its_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_path: bool
) -> None:
    monkeypatch.setattr("config.settings.ENVIRONMENTS", tmp_path)
    path = write_settings(tmp_path, "", "").rename(tmp_path / "staging.toml")

    with pytest.raises(ConfigError) as refused:
        load_settings(str(path) if by_path else "staging")

    assert str(refused.value) == (
        f"{path}: name: 'dev': a file of this folder is named as its environment: "
        "correct name, or rename the file to dev.toml"
    )


def test_a_missing_file_is_told_by_its_path(tmp_path: Path) -> None:
    assert "there is no such file: correct the path" in refusal(tmp_path / "nowhere.toml")


def test_a_directory_is_not_taken_for_a_file(tmp_path: Path) -> None:
    path = tmp_path / "folder.toml"
    path.mkdir()

    assert "Is a directory" in refusal(path)


@given(place=st.integers(0, len(PROD) - 1), copies=st.sampled_from([0, 2]))
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_a_slip_of_the_finger_loads_or_is_told(tmp_path: Path, place: int, copies: int) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(PROD[:place] + copies * PROD[place] + PROD[place + 1 :], encoding="utf-8")

    with suppress(ConfigError):
        load_settings(str(path))


def test_settings_cannot_be_changed() -> None:
    settings = load_settings("dev")

    for group, field in ((settings, "region"), (settings.cluster.gpu_pools[0], "max_size")):
        with pytest.raises(ValidationError, match="frozen"):
            setattr(group, field, None)


def test_every_port_is_told_by_its_name() -> None:
    ports = LocalSettings().ports()

    assert set(ports) == {name for name in LocalSettings.model_fields if "port" in name}
