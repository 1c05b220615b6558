"""Every command of the documentation works, and every link leads somewhere."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.state import PROJECT, State
from tests.support.console_blocks import commands
from tests.support.environment import write_environment

pytestmark = pytest.mark.integration

DOCUMENTS = [PROJECT / "README.md", PROJECT / "CONTRIBUTING.md", *PROJECT.glob("docs/**/*.md")]
NAMES = pytest.mark.parametrize(
    "document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT))
)
# These set up, test, format or deploy the checkout itself; that the target exists is checked, and
# `make up` is run as the command it ends with.
_MAKE = re.compile(r"make (?P<target>[a-z]+)( ENV=(dev|staging|prod))?")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of what a reader's commands touch, with a platform on ports of its own.

    ``.venv/bin/tritonctl`` there is the real one, told of that environment and of the copy's
    models; the documented port leads to this platform's.
    """
    directory = tmp_path_factory.mktemp("reader")
    environment = write_environment(directory)
    State(directory / "state").claim()
    (directory / "state" / "tools").symlink_to(PROJECT / ".local" / "tools")
    shutil.copytree(PROJECT / "docs", directory / "docs")
    shutil.copytree(PROJECT / "model_repository", directory / "model_repository")
    program = directory / ".venv" / "bin" / "tritonctl"
    program.parent.mkdir(parents=True)
    program.write_text(
        "#!/bin/sh\n"
        'case "$1" in\n'
        f'models) set -- "$@" -r {directory}/model_repository ;;\n'
        f'up|status) set -- "$@" -r {directory}/model_repository -e {environment} ;;\n'
        f'*) set -- "$@" -e {environment} ;;\n'
        "esac\n"
        f'exec {Path(sys.executable).parent}/tritonctl "$@"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    run(directory, ".venv/bin/tritonctl up")
    yield directory
    run(directory, ".venv/bin/tritonctl down")


def run(directory: Path, command: str) -> subprocess.CompletedProcess[str]:
    port = re.search(r"gateway_port = (\d+)", (directory / "environment.toml").read_text())
    assert port is not None
    return subprocess.run(
        [
            "bash",
            "-euo",
            "pipefail",
            "-c",
            command.replace("localhost:8080", f"localhost:{port[1]}"),
        ],
        cwd=directory,
        env=os.environ | {"PATH": f"{directory}/.venv/bin:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


@NAMES
def test_every_command_works(document: Path, checkout: Path) -> None:
    for command in commands(document):
        if match := _MAKE.fullmatch(command):
            dry = subprocess.run(
                ["make", "-n", match["target"]], cwd=PROJECT, capture_output=True, check=False
            )
            assert dry.returncode == 0, f"{command}: no such target"
            if match["target"] not in ("up", "down"):
                continue
            command = f".venv/bin/tritonctl {match['target']}"
        result = run(checkout, command)
        assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    if commands(document):
        # What one document stopped or changed, the next finds running.
        run(checkout, ".venv/bin/tritonctl up")


@NAMES
def test_every_link_leads_to_a_file(document: Path) -> None:
    for link in _LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / link).exists(), link


def test_the_readme_begins_with_the_two_commands() -> None:
    assert commands(PROJECT / "README.md")[:2] == ["make up", "make test"]
