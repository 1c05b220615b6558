"""Copies of shipped models, for tests that break one thing each."""

import shutil
from pathlib import Path
from typing import Any

from google.protobuf import text_format
from tritonclient.grpc.model_config_pb2 import ModelConfig

from serving.lint.linter import lint
from serving.problem import Problem

SHIPPED = Path(__file__).parents[2] / "model_repository"


def copy_models(target: Path, *names: str) -> Path:
    """A repository at ``target`` that holds copies of the shipped models ``names``."""
    target.mkdir(exist_ok=True)
    for name in names:
        shutil.copytree(SHIPPED / name, target / name, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def edit_config(repository: Path, model: str, old: str, new: str) -> None:
    """Replace the first ``old``, which must be there, in the configuration of ``model``."""
    file = repository / model / "config.pbtxt"
    text = file.read_text(encoding="utf-8")
    assert old in text, f"the shipped {model} no longer says {old!r}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def read_config(directory: Path) -> Any:
    """The ``ModelConfig`` message of one model directory."""
    text = (directory / "config.pbtxt").read_text(encoding="utf-8")
    return text_format.Parse(text, ModelConfig())


def write_config(directory: Path, config: Any) -> None:
    """Replace the configuration of one model directory."""
    text = text_format.MessageToString(config)
    (directory / "config.pbtxt").write_text(text, encoding="utf-8")


def the_problem(repository: Path) -> Problem:
    """The only problem that the linter finds, which says what to do."""
    (problem,) = lint(repository).problems
    assert problem.fix
    return problem
