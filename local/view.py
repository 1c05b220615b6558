"""The model repository as this machine's Triton sees it.

Every file is a link to the original, except a config.pbtxt that asks for GPUs: Triton refuses
``KIND_GPU`` where there is none (which is what protects production from a silent CPU), so the
view says ``KIND_CPU`` instead. Nothing else differs; docs/adr/0006 tells why.
"""

import hashlib
import importlib.util
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from google.protobuf import text_format
from tritonclient.grpc.model_config_pb2 import ModelConfig, ModelInstanceGroup

from serving.lint.linter import LintReport
from serving.repository import CONFIG_FILE, Model

TORCH_INSTALL = ".venv/bin/pip install -e '.[torch]'"


@dataclass(frozen=True, kw_only=True)
class Served:
    """What this machine can serve of a repository.

    Attributes:
        models: By name, those that Triton is given.
        skipped: Sound models that this machine lacks something for, with what and the remedy.
        refused: Models that would not load, with the first reason.
    """

    models: Mapping[str, Model]
    skipped: Mapping[str, str]
    refused: Mapping[str, str]

    @property
    def on_cpu(self) -> list[str]:
        """Models that ask for a GPU and get the CPU here."""
        return [name for name, model in self.models.items() if asks_for_gpu(model.config)]


def servable(report: LintReport) -> Served:
    """Sort the models of a linted repository by what this machine can do with them."""
    models = report.loadable
    skipped = {name: why for name, model in models.items() if (why := _lacking(model))}
    while blocked := {
        name: f"calls {step}, which is skipped here"
        for name, model in models.items()
        for step in model.steps
        if name not in skipped and step in skipped
    }:
        skipped |= blocked
    return Served(
        models={name: model for name, model in models.items() if name not in skipped},
        skipped=skipped,
        refused={name: str(problem) for name, problem in report.refused.items()},
    )


def asks_for_gpu(config: Any) -> bool:
    """Whether any instance group is ``KIND_GPU``."""
    return any(group.kind == ModelInstanceGroup.KIND_GPU for group in config.instance_group)


def for_cpu(config: Any) -> Any:
    """The same configuration with every ``KIND_GPU`` group on the CPU."""
    here = ModelConfig()
    here.CopyFrom(config)
    for group in here.instance_group:
        if group.kind == ModelInstanceGroup.KIND_GPU:
            group.kind = ModelInstanceGroup.KIND_CPU
            group.ClearField("gpus")
    return here


def build_view(models: Iterable[Model], target: Path) -> None:
    """Write the view anew; what stood at ``target`` before is gone."""
    shutil.rmtree(target, ignore_errors=True)
    for model in models:
        directory = target / model.name
        directory.mkdir(parents=True)
        for entry in model.directory.iterdir():
            if entry.name == CONFIG_FILE and asks_for_gpu(model.config):
                text = text_format.MessageToString(for_cpu(model.config))
                note = f"# Generated: {CONFIG_FILE} with KIND_CPU for KIND_GPU.\n"
                (directory / CONFIG_FILE).write_text(note + text, encoding="utf-8")
            else:
                # Unlike Path.resolve, realpath does not raise for a link that leads to itself.
                (directory / entry.name).symlink_to(os.path.realpath(entry))


def content_digest(places: Iterable[Path]) -> str:
    """Changes when one of the files, or one below the directories, comes, goes or is written."""
    digest = hashlib.sha256()
    for place in places:
        for path in [place] if place.is_file() else sorted(_files_below(place)):
            stat = path.stat()
            digest.update(f"{path}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _files_below(directory: Path) -> Iterator[Path]:
    """Regular files, through links to directories, each real directory once."""
    seen: set[str] = set()
    for root, directories, names in os.walk(directory, followlinks=True):
        real = os.path.realpath(root)
        if real in seen or os.path.basename(root) == "__pycache__":
            directories.clear()
            continue
        seen.add(real)
        yield from (path for name in names if os.path.isfile(path := Path(root, name)))


def _lacking(model: Model) -> str:
    if model.backend == "pytorch" and importlib.util.find_spec("torch") is None:
        return f"needs PyTorch: {TORCH_INSTALL}"
    if model.backend == "tensorrt":
        return "a TensorRT plan runs only on the GPU it was built for"
    return ""
