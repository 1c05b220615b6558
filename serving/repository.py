"""Triton's model repository: what is in it and what each model says of itself.

``config.pbtxt`` is read with the protobuf schema that NVIDIA's client ships, so whatever Triton
understands is understood here, and nothing else is.
"""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from google.protobuf import text_format
from tritonclient.grpc.model_config_pb2 import DataType, ModelConfig, ModelInstanceGroup

from serving.problem import Problem, Severity

CONFIG_FILE = "config.pbtxt"
_VERSION = re.compile(r"[1-9][0-9]{0,17}")
ENSEMBLE = "ensemble"


@dataclass(frozen=True, kw_only=True)
class Backend:
    """What runs a model.

    Attributes:
        model_file: Its default file name inside a version directory.
        accelerated: Runs on GPUs in production.
        platform: The name it has in configurations of Triton before ``backend`` existed.
    """

    model_file: str
    accelerated: bool
    platform: str = ""


BACKENDS = {
    "onnxruntime": Backend(model_file="model.onnx", accelerated=True, platform="onnxruntime_onnx"),
    "pytorch": Backend(model_file="model.pt", accelerated=True, platform="pytorch_libtorch"),
    "tensorrt": Backend(model_file="model.plan", accelerated=True, platform="tensorrt_plan"),
    "python": Backend(model_file="model.py", accelerated=False),
}


@dataclass(frozen=True, kw_only=True)
class Model:
    """A directory of the repository whose config.pbtxt could be read.

    Attributes:
        name: The directory's name.
        directory: Where it is.
        config: The parsed ``ModelConfig`` message.
        versions: Every numbered version directory, ascending.
    """

    name: str
    directory: Path
    config: Any
    versions: tuple[int, ...]

    @property
    def backend(self) -> str:
        """``ensemble``, a name of ``BACKENDS``, or whatever unknown name was written."""
        config = self.config
        if config.platform == ENSEMBLE or config.HasField("ensemble_scheduling"):
            return ENSEMBLE
        if config.backend:
            return str(config.backend)
        for name, backend in BACKENDS.items():
            if backend.platform and backend.platform == config.platform:
                return name
        return str(config.platform)

    @property
    def instance_count(self) -> int:
        """Instances the configuration asks for; an ensemble has none of its own."""
        if self.backend == ENSEMBLE:
            return 0
        groups = self.config.instance_group
        return sum(max(group.count, 1) for group in groups) if groups else 1

    @property
    def served_versions(self) -> tuple[int, ...]:
        """What the version policy selects of the versions that are there."""
        policy = self.config.version_policy
        if policy.HasField("all"):
            return self.versions
        if policy.HasField("specific"):
            return tuple(v for v in self.versions if v in policy.specific.versions)
        return self.versions[-max(policy.latest.num_versions, 1) :]

    @property
    def accelerators(self) -> tuple[str, ...]:
        """GPU execution accelerators asked for, such as ``tensorrt``."""
        execution = self.config.optimization.execution_accelerators
        return tuple(entry.name for entry in execution.gpu_execution_accelerator)

    @property
    def steps(self) -> tuple[str, ...]:
        """The models an ensemble calls."""
        return tuple(step.model_name for step in self.config.ensemble_scheduling.step)

    def problem(
        self,
        rule: str,
        *,
        message: str,
        fix: str,
        field: str = "",
        file: str = CONFIG_FILE,
        severity: Severity = Severity.BROKEN,
    ) -> Problem:
        """A finding about this model; ``file`` is relative to its directory."""
        return Problem(
            rule=rule,
            severity=severity,
            model=self.name,
            file=f"{self.name}/{file}",
            field=field,
            message=message,
            fix=fix,
        )

    def model_file(self, version: int) -> Path:
        """The file a version is loaded from; not for ensembles."""
        name = self.config.default_model_filename or BACKENDS[self.backend].model_file
        return self.directory / str(version) / name


@dataclass(frozen=True, kw_only=True)
class Repository:
    """What a directory of models holds; directories that cannot be read became problems."""

    path: Path
    models: Mapping[str, Model]
    problems: tuple[Problem, ...] = field(default=())


def read_repository(path: Path) -> Repository:
    """Read every model directory; never raises for what is inside it."""
    if not path.is_dir():
        return Repository(path=path, models={}, problems=(_missing(path),))
    models: dict[str, Model] = {}
    problems: list[Problem] = []
    for directory in model_directories(path):
        read = _read_model(directory)
        if isinstance(read, Problem):
            problems.append(read)
        else:
            models[read.name] = read
    if not models and not problems:
        problems.append(_empty(path))
    return Repository(path=path, models=models, problems=tuple(problems))


def model_directories(path: Path) -> Iterator[Path]:
    """Directories that Triton takes for models: all but hidden ones and Python's caches."""
    for entry in sorted(path.iterdir()):
        if entry.is_dir() and not entry.name.startswith((".", "__")):
            yield entry


def kind_name(kind: int) -> str:
    """``KIND_GPU`` for 1 and so on; a number that stands for nothing stays a number."""
    kinds = ModelInstanceGroup.Kind
    return str(kinds.Name(kind)) if kind in kinds.values() else str(kind)


def data_type_name(data_type: int) -> str:
    """``TYPE_FP32`` for 11 and so on; a number that stands for nothing stays a number."""
    return str(DataType.Name(data_type)) if data_type in DataType.values() else str(data_type)


def _read_model(directory: Path) -> Model | Problem:
    file = directory / CONFIG_FILE
    name = f"{directory.name}/{CONFIG_FILE}"
    if not os.path.lexists(file) and os.access(directory, os.X_OK):
        return Problem(
            rule="config-missing",
            severity=Severity.BROKEN,
            model=directory.name,
            file=name,
            message="there is no such file",
            fix="Write one (docs/models.md), or move the directory out of the repository",
        )
    if not os.path.isfile(file):  # reading a pipe would never end
        return _unreadable(directory.name, name, "it is no regular file, or may not be read", "")
    try:
        config = text_format.Parse(file.read_text(encoding="utf-8"), ModelConfig())
    except (OSError, UnicodeDecodeError) as error:
        return _unreadable(directory.name, name, str(error), "")
    except text_format.ParseError as error:
        line, column = error.GetLine(), error.GetColumn()
        reason = str(error).rpartition(f"{line}:{column} : ")[2] or str(error)
        return _unreadable(directory.name, name, reason, f"line {line}, column {column}")
    versions = sorted(
        int(entry.name)
        for entry in directory.iterdir()
        if entry.is_dir() and _VERSION.fullmatch(entry.name)
    )
    return Model(name=directory.name, directory=directory, config=config, versions=tuple(versions))


def _unreadable(model: str, file: str, reason: str, place: str) -> Problem:
    return Problem(
        rule="config-syntax",
        severity=Severity.BROKEN,
        model=model,
        file=file,
        field=place,
        message=f"not a Triton model configuration: {reason.rstrip('.')}",
        fix="Correct it; the fields are those of NVIDIA's model_config.proto",
    )


def _missing(path: Path) -> Problem:
    return Problem(
        rule="repository-missing",
        severity=Severity.BROKEN,
        model="",
        file=str(path),
        message="there is no such directory",
        fix="Give the path of a model repository",
    )


def _empty(path: Path) -> Problem:
    return Problem(
        rule="repository-empty",
        severity=Severity.BROKEN,
        model="",
        file=str(path),
        message="there is no model in it; Triton would call itself ready and serve nothing",
        fix="Add a model directory (docs/models.md), or check that the volume is mounted",
    )
