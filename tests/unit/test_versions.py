"""The pins: compared as numbers, exact, safe, and true of what is installed."""

import re
from importlib.metadata import distribution
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import ConfigError, Version, load_versions
from config.versions import VERSIONS_FILE
from tests.support.triton_binary import ask_triton

PINS = VERSIONS_FILE.read_text(encoding="utf-8")
IMAGE = "nvcr.io/nvidia/tritonserver:26.07-py3"
NUMBERS = st.lists(st.integers(0, 10**6), min_size=2, max_size=4)


def refusal(directory: Path, old: str, new: str) -> str:
    """Why the shipped pins are refused with ``new`` for the first ``old``."""
    assert old in PINS, f"versions.toml no longer says {old!r}"
    path = directory / "versions.toml"
    path.write_text(PINS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_versions(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: ")
    return message


def test_versions_compare_by_number() -> None:
    assert Version.parse("2.9") < Version.parse("2.51")


@given(NUMBERS, NUMBERS)
def test_versions_are_ordered_as_their_numbers(first: list[int], second: list[int]) -> None:
    versions = [Version.parse(".".join(map(str, numbers))) for numbers in (first, second)]

    assert (versions[0] < versions[1]) == (first < second)


@pytest.mark.parametrize(
    "text", ["latest", "", "26", "v2.71.0", "2.71.", "2.71-rc1", " 2.71", "2.71\n"]
)
def test_what_is_no_dotted_version_is_no_version(text: str) -> None:
    with pytest.raises(ValueError, match="is not a dotted version such as"):
        Version.parse(text)


def test_the_image_may_not_be_latest(tmp_path: Path) -> None:
    message = refusal(tmp_path, IMAGE, "nvcr.io/nvidia/tritonserver:latest")

    assert "triton.production.image" in message
    assert "'latest' is not a version: name the exact tag" in message


@pytest.mark.parametrize("image", ["nvcr.io/nvidia/tritonserver", "tritonserver:26.07-py3", ""])
def test_the_image_names_registry_repository_and_tag(tmp_path: Path, image: str) -> None:
    assert f"{image!r}: name a registry, a repository and a tag" in refusal(tmp_path, IMAGE, image)


@pytest.mark.parametrize("tag", ["26.06-py3", "126.07-py3", "26.071-py3"])
def test_image_and_release_agree(tmp_path: Path, tag: str) -> None:
    message = refusal(tmp_path, IMAGE, f"nvcr.io/nvidia/tritonserver:{tag}")

    assert f"{tag} is not release 26.07: make image and release agree" in message


def test_production_is_not_below_the_security_floor(tmp_path: Path) -> None:
    message = refusal(tmp_path, 'security_floor = "26.06"', 'security_floor = "26.10"')

    assert "triton.production.release 26.07 has known vulnerabilities" in message
    assert "choose 26.10" in message


def test_an_unknown_pin_is_refused(tmp_path: Path) -> None:
    assert "triton.secure" in refusal(tmp_path, "security_floor", 'secure = "1.0"\nsecurity_floor')


def test_a_missing_file_is_told_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(str(tmp_path / "none.toml"))):
        load_versions(tmp_path / "none.toml")


def test_a_file_that_is_not_utf8_is_told_as_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "versions.toml"
    path.write_bytes(b'name = "\xff"')

    with pytest.raises(ConfigError):
        load_versions(path)


@pytest.mark.parametrize(
    ("kubernetes", "layer"),
    [
        ("1.28", "1.29"),
        ("1.29", "1.29"),
        ("1.30", "1.29"),
        ("1.34", "1.35"),
        ("1.35", "1.35"),
        ("1.36", "1.35"),
    ],
)
def test_kubectl_is_at_most_one_minor_version_away(kubernetes: str, layer: str) -> None:
    assert load_versions().kubectl_layer_for(kubernetes) == layer


@pytest.mark.parametrize("kubernetes", ["1.27", "1.31", "1.32", "1.33", "1.37"])
def test_a_cluster_that_no_kubectl_fits_is_refused_with_the_layers(kubernetes: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_versions().kubectl_layer_for(kubernetes)

    assert f"Kubernetes {kubernetes}" in str(refused.value)
    assert "installed layers are 1.29, 1.35" in str(refused.value)


def test_every_kubectl_layer_is_installed_and_carries_its_version() -> None:
    for minor, layer in load_versions().kubectl_layers.items():
        name = f"aws-cdk.lambda-layer-kubectl-v{minor.removeprefix('1.')}"
        assert distribution(name).version
        assert layer.kubectl.startswith(f"{minor}.")


def test_the_local_triton_is_the_version_that_is_installed(tmp_path: Path) -> None:
    # A server whose repository is missing names its version and leaves before it listens.
    said = ask_triton(f"--model-repository={tmp_path / 'none'}")

    found = re.search(r"\| server_version +\| (\S+)", said)
    assert found is not None
    assert found[1] == load_versions().triton.local.server
