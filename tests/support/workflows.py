"""The workflows of GitHub Actions as a test reads them: jobs, steps, and their shell, executed."""

import os
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
# How a workflow names the environment that it was started for.
ENVIRONMENT = "${{ inputs.environment }}"
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@cache
def workflow(name: str) -> dict[str, Any]:
    """A workflow by the name of its file; what starts it is under ``on``."""
    text = (ROOT / ".github" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=yaml.BaseLoader)
    return found


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every job, with the names of its workflow and of itself."""
    for file in FILES:
        for name, job in workflow(file.stem)["jobs"].items():
            yield file.stem, name, job


def steps() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every step, with the name of its workflow."""
    for file, _, job in jobs():
        for step in job.get("steps", ()):
            yield file, step


def step(file: str, job: str, name: str) -> dict[str, Any]:
    """One step by its name."""
    (found,) = [one for one in workflow(file)["jobs"][job]["steps"] if one.get("name") == name]
    return dict(found)


def executed(step: dict[str, Any], **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a step's shell as GitHub would."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
    )
