"""``setup.sh`` and the Makefile: what a newcomer's first command says."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

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


def test_ci_runs_what_contributors_run() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")

    assert "make check" in script
    assert "make test" in script
