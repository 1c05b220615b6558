"""Mistakes in versions.toml: each is told with file, key, value and remedy."""

import re
from pathlib import Path

import pytest

from config import ConfigError, load_versions
from config.naming import BUILT_IMAGES
from config.versions import VERSIONS_FILE

PINS = VERSIONS_FILE.read_text(encoding="utf-8")
IMAGE = "nvcr.io/nvidia/tritonserver:26.07-py3@"
DIGEST = "@sha256:551599c0812bb706121410a71abda07f9920d25e6c66edf1ec07a375e49f5f90"


def refusal(directory: Path, old: str, new: str) -> str:
    """Why the shipped pins are refused with ``new`` for the first ``old``."""
    assert old in PINS, f"versions.toml no longer says {old!r}"
    path = directory / "versions.toml"
    path.write_text(PINS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigError) as refused:
        load_versions(path)
    message = str(refused.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    return message.removeprefix(f"{path}: ")


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "remedy"),
    [
        pytest.param(
            IMAGE,
            "nvcr.io/nvidia/tritonserver:latest@",
            "images.tritonserver",
            "'latest' is not a version",
            "name the exact tag",
            id="latest",
        ),
        pytest.param(
            DIGEST,
            "",
            "images.tritonserver",
            "a tag can be moved",
            "add the digest, @sha256:...",
            id="tag without digest",
        ),
        pytest.param(
            DIGEST,
            DIGEST[:-1],
            "images.tritonserver",
            DIGEST[:-1],
            "@sha256:<64 hexadecimal digits>",
            id="digest too short",
        ),
        pytest.param(
            IMAGE,
            "tritonserver:26.07-py3@",
            "images.tritonserver",
            "'tritonserver:26.07-py3@",
            "name a registry, a repository, a tag and a digest",
            id="image without registry",
        ),
        pytest.param(
            "tritonserver = ",
            "triton-server = ",
            "images.tritonserver",
            "missing",
            "add it",
            id="no Triton",
        ),
        pytest.param(
            "dcgm-exporter = ",
            "DCGM = ",
            "images.DCGM",
            "'DCGM': no name of a repository",
            "write small letters, digits and hyphens",
            id="name that is no repository's",
        ),
        pytest.param(
            'security_floor = "26.06"',
            'security_floor = "26.10"',
            "triton",
            "triton.production.release 26.07 has known vulnerabilities",
            "choose 26.10 (triton.security_floor) or later",
            id="release below the floor",
        ),
        pytest.param(
            'release = "26.07"',
            'release = "latest"',
            "triton.production.release",
            "'latest'",
            "is not a dotted version such as '2.71.0'",
            id="no release",
        ),
        pytest.param(
            "security_floor",
            'secure = "1.0"\nsecurity_floor',
            "triton.secure",
            "unknown key",
            "there are security_floor, production, local",
            id="unknown pin",
        ),
        pytest.param(
            'vpc-cni = "v1.20.4-eksbuild.2"',
            'cilium = "v1.20.4-eksbuild.2"',
            "kubernetes.1.29.addons.cilium",
            "'cilium'",
            "choose 'amazon-cloudwatch-observability', 'aws-ebs-csi-driver'",
            id="unknown add-on",
        ),
        pytest.param(
            'vpc-cni = "v1.20.4-eksbuild.2"',
            'vpc-cni = "1.20.4"',
            "kubernetes.1.29.addons.vpc-cni",
            "'1.20.4'",
            'write the exact version as EKS names it, for instance "v1.22.4-eksbuild.3"',
            id="add-on without build",
        ),
        pytest.param(
            "2025-03-23",
            '"soon"',
            "kubernetes.1.29.standard_support_ends",
            "'soon'",
            "write a date, for instance 2027-03-27",
            id="no date",
        ),
        pytest.param(
            "2025-03-23",
            "2025-03-23T12:00:00",
            "kubernetes.1.29.standard_support_ends",
            "'2025-03-23 12:00:00'",
            "write a date, for instance 2027-03-27",
            id="an hour",
        ),
        pytest.param(
            "2025-03-23",
            "2027-03-23",
            "kubernetes.1.29",
            "2026-03-23 is not after standard_support_ends 2027-03-23",
            "correct the dates",
            id="extended support before standard",
        ),
        pytest.param(
            '"1.29" = { kubectl',
            '"two" = { kubectl',
            "kubectl_layers.two",
            "'two': no Kubernetes version",
            'write for instance "1.35"',
            id="no Kubernetes version",
        ),
        pytest.param(
            'kubectl = "1.35.2"',
            'kubectl = "1.31.0"',
            "kubectl_layers.1.35.kubectl",
            "1.31.0 is of another Kubernetes",
            "write one that begins with 1.35.",
            id="kubectl of another Kubernetes",
        ),
        pytest.param(
            'kube-proxy = "v1.35.3-eksbuild.29"',
            'kube-proxy = "v1.3.5-eksbuild.43"',
            "kubernetes.1.35.addons.kube-proxy",
            "v1.3.5-eksbuild.43 is of another Kubernetes",
            "write one that begins with v1.35.",
            id="kube-proxy of another Kubernetes",
        ),
        pytest.param(
            'server = "2.71.0"',
            'server = "2.9.0"',
            "triton",
            "server 2.9.0 of release 26.07 is older than server 2.51.0 of release 24.10",
            "correct the one that is wrong",
            id="server older than that of an older release",
        ),
        *(
            pytest.param(
                "dcgm-exporter =",
                f"{name} =",
                f"images.{name}",
                f"'{name}': triton and model-tools are the repositories of what is built here",
                "choose another name",
                id=f"image with the name of {name}",
            )
            for name in BUILT_IMAGES
        ),
    ],
)
def test_a_mistake_is_told_with_key_value_and_remedy(
    tmp_path: Path, old: str, new: str, key: str, value: str, remedy: str
) -> None:
    message = refusal(tmp_path, old, new)

    assert message.startswith((f"{key}: ", f"{key} "))
    assert value in message
    assert remedy in message


@pytest.mark.parametrize("tag", ["26.06-py3", "126.07-py3", "26.071-py3"])
def test_image_and_release_agree(tmp_path: Path, tag: str) -> None:
    message = refusal(tmp_path, IMAGE, f"nvcr.io/nvidia/tritonserver:{tag}@")

    assert message.startswith(f"images.tritonserver nvcr.io/nvidia/tritonserver:{tag}@")
    assert (
        "is not release 26.07 (triton.production.release): make image and release agree" in message
    )


def test_a_missing_file_is_told_by_its_path(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=re.escape(str(tmp_path / "none.toml"))):
        load_versions(tmp_path / "none.toml")


def test_kube_proxy_may_be_left_to_eks(tmp_path: Path) -> None:
    path = tmp_path / "versions.toml"
    path.write_text(re.sub(r"kube-proxy = .*", "", PINS), encoding="utf-8")

    assert "kube-proxy" not in load_versions(path).pins_of("1.35").addons


def test_a_file_that_is_not_utf8_is_told_as_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "versions.toml"
    path.write_bytes(b'name = "\xff"')

    with pytest.raises(ConfigError):
        load_versions(path)
