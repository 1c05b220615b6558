"""Rules about names and files of a model directory."""

import ast
import os
import re
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError

from serving.gateway import MODEL_NAME, REFUSED_PATHS
from serving.problem import Problem
from serving.repository import BACKENDS, ENSEMBLE, Model, Repository


def name_matches_the_directory(model: Model, _: Repository) -> Iterator[Problem]:
    """Triton drops a model whose name differs from its directory, and stays ready."""
    if model.config.name and model.config.name != model.name:
        yield model.problem(
            "name-mismatch",
            field="name",
            message=f"name is {model.config.name!r} but the directory is {model.name!r}",
            fix=f'Write name: "{model.name}" or rename the directory',
        )


def name_can_be_asked_for(model: Model, _: Repository) -> Iterator[Problem]:
    """A name that the gateway does not pass serves nobody; some even hang Triton's start."""
    refused = any(re.fullmatch(path, f"/v2/models/{model.name}") for path in REFUSED_PATHS)
    if refused or not re.fullmatch(MODEL_NAME, model.name):
        yield model.problem(
            "name-unservable",
            file="",
            message=f"the gateway passes no request for {model.name!r}",
            fix="Use letters, digits, _, - and ., beginning with a letter, digit or _; not `stats`",
        )


def backend_is_known(model: Model, _: Repository) -> Iterator[Problem]:
    """Only backends that both renderings of the platform have can be served."""
    if model.backend not in BACKENDS and model.backend != ENSEMBLE:
        given = f"unknown backend {model.backend!r}" if model.backend else "no backend is given"
        yield model.problem(
            "backend-unknown",
            field="backend",
            message=f"{given}; allowed: {', '.join([*BACKENDS, 'platform: ensemble'])}",
            fix="Name the backend that runs the model file",
        )


def versions_exist(model: Model, _: Repository) -> Iterator[Problem]:
    """A model needs a numbered directory, and its policy must select one."""
    if not model.versions:
        yield model.problem(
            "version-missing",
            file="",
            message="there is no version directory: 1, 2 and so on, without leading zeros",
            fix=f"Put the model file into {model.name}/1/",
        )
        return
    wanted = set(model.config.version_policy.specific.versions)
    if not model.served_versions or wanted - set(model.versions):
        yield model.problem(
            "version-not-served",
            field="version_policy",
            message=f"asks for versions {sorted(wanted)}, there are {list(model.versions)}",
            fix="Name versions that exist",
        )


def model_files_are_whole(model: Model, _: Repository) -> Iterator[Problem]:
    """Every served version has a model file of its backend's format."""
    if model.backend not in BACKENDS:
        return
    for version in model.served_versions:
        path = model.model_file(version)
        name = f"{version}/{path.name}"
        if not is_file_inside(model.directory, path):
            yield model.problem(
                "model-file-missing",
                file=name,
                message=f"there is no such file, and backend {model.backend!r} loads it",
                fix="Add it, or set default_model_filename",
            )
        elif reason := _damage(path, model.backend):
            yield model.problem(
                "model-file-damaged",
                file=name,
                message=reason,
                fix="Export or copy the file again",
            )


def label_files_fit(model: Model, _: Repository) -> Iterator[Problem]:
    """A label file exists and has one line for each class."""
    for output in model.config.output:
        if not output.label_filename:
            continue
        path = model.directory / output.label_filename
        field = f"output {output.name!r} label_filename"
        if not is_file_inside(model.directory, path):
            message = f"there is no file {output.label_filename!r} in {model.name}/"
        else:
            labels = len(path.read_text(encoding="utf-8", errors="replace").splitlines())
            classes = output.dims[-1] if output.dims else 0
            if classes in (-1, labels):
                continue
            message = f"{output.label_filename} has {labels} labels for {classes} classes"
        yield model.problem(
            "labels",
            field=field,
            message=message,
            fix="Write one label a line, beside config.pbtxt",
        )


def backend_and_platform_agree(model: Model, _: Repository) -> Iterator[Problem]:
    """``platform`` is the old way to name the backend; both may stand, if they say the same."""
    backend, platform = model.config.backend, model.config.platform
    known = BACKENDS.get(backend)
    if backend and platform and (known is None or known.platform != platform):
        yield model.problem(
            "backend-unknown",
            field="platform",
            message=f"platform {platform!r} contradicts backend {backend!r}",
            fix="Remove platform",
        )


def is_file_inside(directory: Path, path: Path) -> bool:
    """A regular file below the directory; models are released by directory, links followed."""
    relative = os.path.relpath(path, directory)
    # os.path.isfile, unlike pathlib's, says no to a name that the system calls too long.
    return not relative.startswith("..") and os.path.isfile(path)


def _damage(path: Path, backend: str) -> str:
    """Why a model file cannot be loaded; empty when nothing speaks against it."""
    if path.stat().st_size == 0:
        return "the file is empty"
    if backend == "onnxruntime":
        try:
            onnx.checker.check_model(str(path))
        except (onnx.checker.ValidationError, DecodeError, OSError, ValueError, TypeError) as error:
            return f"not a whole ONNX model: {_first_line(error)}"
    elif backend == "pytorch":
        try:
            with zipfile.ZipFile(path) as archive:
                damaged = archive.testzip()
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
            return f"not a whole TorchScript archive (a zip file): {_first_line(error)}"
        if damaged:
            return f"the member {damaged} of the TorchScript archive is damaged"
        if not archive.namelist():
            return "the TorchScript archive is empty"
    elif backend == "python":
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # odd escapes are the author's business
                ast.parse(path.read_bytes(), filename=path.name)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            return f"not valid Python: {_first_line(error)}"
    return ""


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
