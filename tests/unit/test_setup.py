"""``setup.sh`` and the Makefile: what a newcomer's first command says."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from config import environment_names
from operations.cdk_diff import CDK

ROOT = Path(__file__).parents[2]


def run(directory: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=directory,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Just enough of a checkout to begin the set-up in."""
    for name in ("setup.sh", "Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def test_without_a_suitable_python_one_line_says_what_to_install(checkout: Path) -> None:
    result = run(checkout, "./setup.sh", PYTHON="/no/such/python")

    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "setup: no Python 3.11 or 3.12 found: install python3.12 and python3.12-venv, "
        "or name it: PYTHON=/path/to/python make up"
    ]
    assert not (checkout / ".venv").exists()


def test_a_python_that_is_too_new_is_not_taken(checkout: Path) -> None:
    pretender = checkout / "python3.14"
    pretender.write_text("#!/bin/sh\nexit 1\n")
    pretender.chmod(0o755)

    assert run(checkout, "./setup.sh", PYTHON=str(pretender)).returncode == 1


def test_another_processor_is_told_before_anything_is_installed(checkout: Path) -> None:
    uname = checkout / "uname"
    uname.write_text('#!/bin/sh\n[ "$1" = -m ] && echo aarch64 || echo Linux\n')
    uname.chmod(0o755)

    result = run(checkout, "./setup.sh", PATH=f"{checkout}:{os.environ['PATH']}")

    assert result.returncode == 1
    assert "aarch64; the Triton and Envoy packages are for Linux on x86_64" in result.stderr


def test_an_old_c_library_is_told_before_anything_is_installed(checkout: Path) -> None:
    getconf = checkout / "getconf"
    getconf.write_text("#!/bin/sh\necho glibc 2.31\n")
    getconf.chmod(0o755)

    result = run(checkout, "./setup.sh", PATH=f"{checkout}:{os.environ['PATH']}")

    assert result.returncode == 1
    assert "glibc 2.31; the Triton package needs 2.35" in result.stderr


def test_an_interrupted_environment_is_made_anew(checkout: Path) -> None:
    run(checkout, "python3", "-m", "venv", "--without-pip", ".venv")
    (checkout / "requirements.txt").write_text("")

    result = run(checkout, "./setup.sh")

    assert result.returncode == 0
    assert (checkout / ".venv" / ".ready").exists()


def test_make_alone_lists_every_target_with_its_purpose() -> None:
    listed = run(ROOT, "make").stdout

    for target in ("up", "down", "test", "check", "synth", "diff", "deploy", "destroy", "bench"):
        assert any(
            line.split()[0] == target and len(line.split()) > 2 for line in listed.splitlines()
        )


@pytest.mark.parametrize("target", ["synth", "deploy", "destroy", "diff", "up"])
def test_an_empty_environment_is_refused_with_the_choices(target: str) -> None:
    result = run(ROOT, "make", target, "ENV=")

    assert result.returncode == 2
    assert f"ENV is empty: choose one of {' '.join(sorted(environment_names()))}" in result.stderr
    assert f"`make {target} ENV=dev`" in result.stderr


def test_make_without_an_environment_needs_none_to_list_targets() -> None:
    assert run(ROOT, "make", "help", ENV="").returncode == 0


def test_a_review_against_nothing_is_refused_with_an_example() -> None:
    result = run(ROOT, "make", "review", "BASE=")

    assert result.returncode == 2
    assert "`make review BASE=../main`" in result.stderr


def test_deleting_an_environment_is_what_teardown_does() -> None:
    told = run(ROOT, "make", "--dry-run", "destroy", "ENV=staging").stdout

    assert "tritonctl teardown --environment staging" in told
    assert "cdk destroy" not in told


def test_the_cdk_knows_every_option_that_it_is_given() -> None:
    # `cdk` is a Node program; Node is installed beside Python.
    path = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"
    for target in ("synth", "diff", "deploy"):
        told = run(ROOT, "make", "--dry-run", "--always-make", target).stdout
        for line in told.splitlines():
            if match := re.search(r"(?:^|[@ ])cdk (synth|diff|deploy) ([^2>]*)", line):
                known = run(ROOT, str(CDK), match[1], "--help", PATH=path).stdout
                for option in re.findall(r"--(?:no-)?([a-z-]+)", match[2]):
                    assert re.search(rf"--{option}\b", known), f"{match[1]} --{option}"


def test_a_deleted_file_makes_the_templates_anew(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    old = ("setup.sh", "requirements.txt", "pyproject.toml", "package.json", "package-lock.json")
    inputs = ("app.py", "cdk.json", "config/x", "serving/x", "stacks/x", "constructs/x", "k8s/x")
    for name in (*old, *inputs, ".venv/.ready"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1, 1))
    cdk = tmp_path / "node_modules" / ".bin" / "cdk"
    cdk.parent.mkdir(parents=True)
    cdk.write_text("#!/bin/sh\nmkdir -p cdk.out/dev && touch cdk.out/dev/manifest.json\n")
    cdk.chmod(0o755)

    def made() -> bool:
        result = run(tmp_path, "make", "synth", "ENV=dev")
        assert result.returncode == 0, result.stderr
        return "synthesizing" in result.stdout

    assert made()
    assert not made()
    # What Python leaves behind is no change.
    (tmp_path / "k8s" / "__pycache__").mkdir()
    assert not made()
    (tmp_path / "k8s" / "x").unlink()
    assert made()
    assert not made()


def test_ci_runs_what_contributors_run() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert "make check" in script
    assert "make test" in script
