"""The pins: compared as numbers, exact, safe, and true of what is installed."""

import re
from importlib.metadata import distribution
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config import (
    TRITON_IMAGE,
    Addon,
    ConfigError,
    Version,
    environment_names,
    load_settings,
    load_versions,
)
from tests.support.triton_binary import ask_triton

NUMBERS = st.lists(st.integers(0, 10**6), min_size=2, max_size=4)


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


@pytest.mark.parametrize("name", environment_names())
def test_an_environment_has_pins_and_a_kubectl_for_its_kubernetes(name: str) -> None:
    versions, kubernetes = load_versions(), load_settings(name).cluster.kubernetes

    assert versions.kubectl_layer_for(kubernetes)
    assert set(versions.pins_of(kubernetes).addons) == set(get_args(Addon))


def test_a_kubernetes_without_pins_is_refused_with_those_that_have_some() -> None:
    with pytest.raises(ConfigError, match=r"no add-ons are pinned for Kubernetes 1\.32: choose 1"):
        load_versions().pins_of("1.32")


def test_only_a_kubernetes_that_is_new_has_no_dates() -> None:
    pins = load_versions().kubernetes
    undated = [minor for minor, pin in pins.items() if pin.standard_support_ends is None]

    assert undated in ([], [max(pins, key=Version.parse)])
    assert all(pin.extended_support_ends for minor, pin in pins.items() if minor not in undated)


def test_every_image_is_copied_by_its_digest() -> None:
    versions = load_versions()

    source = versions.mirrored[TRITON_IMAGE].source
    assert source.startswith("nvcr.io/nvidia/tritonserver@sha256:")
    assert versions.images[TRITON_IMAGE].endswith(source.partition("@")[2])


def test_every_kubectl_layer_is_installed() -> None:
    for minor in load_versions().kubectl_layers:
        name = f"aws-cdk.lambda-layer-kubectl-v{minor.removeprefix('1.')}"
        assert distribution(name).version


def test_the_local_triton_is_the_version_that_is_installed(tmp_path: Path) -> None:
    # A server whose repository is missing names its version and leaves before it listens.
    said = ask_triton(f"--model-repository={tmp_path / 'none'}")

    found = re.search(r"\| server_version +\| (\S+)", said)
    assert found is not None
    assert found[1] == load_versions().triton.local.server
