"""What this machine's Triton is shown: the repository, but for GPUs that are not here."""

import importlib.util
import os
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest
from tritonclient.grpc.model_config_pb2 import ModelInstanceGroup

from local.view import Served, build_view, content_digest, servable
from serving.lint.linter import lint
from tests.support.model_copies import SHIPPED, copy_models, edit_config, read_config, write_config

FIND_SPEC = importlib.util.find_spec


def served(path: Path) -> Served:
    return servable(lint(path))


@pytest.fixture
def view(tmp_path: Path) -> Path:
    """The view of every shipped model."""
    build_view(lint(SHIPPED).loadable.values(), tmp_path / "view")
    return tmp_path / "view"


def without_torch(name: str, package: str | None = None) -> ModuleSpec | None:
    """Find modules as on a machine that has no PyTorch."""
    return None if name == "torch" else FIND_SPEC(name, package)


def test_every_model_is_in_the_view(view: Path) -> None:
    assert {entry.name for entry in view.iterdir()} == set(lint(SHIPPED).loadable)


def test_configurations_differ_in_gpus_only(view: Path) -> None:
    for directory in view.iterdir():
        original = read_config(SHIPPED / directory.name)
        shown = read_config(directory)
        kinds = [group.kind for group in shown.instance_group]
        assert ModelInstanceGroup.KIND_GPU not in kinds
        for mine, theirs in zip(shown.instance_group, original.instance_group, strict=True):
            if theirs.kind == ModelInstanceGroup.KIND_GPU:
                assert mine.kind == ModelInstanceGroup.KIND_CPU
                mine.kind = ModelInstanceGroup.KIND_GPU
        assert shown == original


def test_every_other_file_is_the_same_bytes(view: Path) -> None:
    originals = [
        path
        for path in SHIPPED.glob("*/**/*")
        if path.is_file() and path.name != "config.pbtxt" and "__pycache__" not in path.parts
    ]

    assert len(originals) > 10
    for path in originals:
        assert (view / path.relative_to(SHIPPED)).read_bytes() == path.read_bytes()


def test_a_model_without_gpus_is_only_links(view: Path) -> None:
    for name in ("digits_preprocess", "digits_pipeline"):
        assert all(entry.is_symlink() for entry in (view / name).iterdir())


def test_a_generated_configuration_says_so(view: Path) -> None:
    text = (view / "digits" / "config.pbtxt").read_text(encoding="utf-8")

    assert text.startswith("# Generated: config.pbtxt with KIND_CPU for KIND_GPU.")


def test_a_list_of_gpus_goes_with_the_gpus(tmp_path: Path) -> None:
    # Triton refuses gpus in a KIND_CPU group.
    copy_models(tmp_path / "models", "digits")
    edit_config(tmp_path / "models", "digits", "kind: KIND_GPU", "kind: KIND_GPU, gpus: [ 0 ]")

    build_view(lint(tmp_path / "models").loadable.values(), tmp_path / "view")

    assert list(read_config(tmp_path / "view" / "digits").instance_group[0].gpus) == []


def test_a_view_is_built_anew_and_leaves_the_repository_alone(tmp_path: Path) -> None:
    models = lint(copy_models(tmp_path / "models", "digits", "digits_preprocess")).loadable
    build_view(models.values(), tmp_path / "view")

    build_view([models["digits"]], tmp_path / "view")

    assert [entry.name for entry in (tmp_path / "view").iterdir()] == ["digits"]
    assert lint(tmp_path / "models").problems == ()


def test_what_asks_for_gpus_is_told_to_run_on_the_cpu() -> None:
    on_cpu = served(SHIPPED).on_cpu

    assert {"digits", "sentiment"} <= set(on_cpu)
    assert "digits_preprocess" not in on_cpu


def test_a_torch_model_is_skipped_with_the_remedy_where_torch_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", without_torch)

    here = served(SHIPPED)

    assert set(here.skipped) == {"digits_torch"}
    assert "pip install -e '.[torch]'" in here.skipped["digits_torch"]
    assert "digits_torch" not in here.models
    assert here.refused == {}


def test_a_tensorrt_plan_is_skipped_with_the_reason(tmp_path: Path) -> None:
    copy_models(tmp_path, "digits")
    edit_config(tmp_path, "digits", 'backend: "onnxruntime"', 'backend: "tensorrt"')
    (tmp_path / "digits" / "1" / "model.onnx").rename(tmp_path / "digits" / "1" / "model.plan")

    assert "runs only on the GPU it was built for" in served(tmp_path).skipped["digits"]


def test_ensembles_are_skipped_with_a_step_however_deep(tmp_path: Path) -> None:
    copy_models(tmp_path, "digits", "digits_preprocess", "digits_pipeline")
    copy_models(tmp_path / "more", "digits_pipeline")
    (tmp_path / "more" / "digits_pipeline").rename(tmp_path / "outer")
    (tmp_path / "more").rmdir()
    edit_config(tmp_path, "digits", 'backend: "onnxruntime"', 'backend: "tensorrt"')
    (tmp_path / "digits" / "1" / "model.onnx").rename(tmp_path / "digits" / "1" / "model.plan")
    config = read_config(tmp_path / "outer")
    config.name = "outer"
    del config.ensemble_scheduling.step[0]
    step = config.ensemble_scheduling.step[0]
    step.model_name = "digits_pipeline"
    step.input_map.clear()
    step.input_map["png"] = "png"
    write_config(tmp_path / "outer", config)

    here = served(tmp_path)

    assert here.refused == {}
    assert here.skipped["digits_pipeline"] == "calls digits, which is skipped here"
    assert here.skipped["outer"] == "calls digits_pipeline, which is skipped here"
    assert list(here.models) == ["digits_preprocess"]


def test_a_broken_model_is_refused_with_its_first_reason(tmp_path: Path) -> None:
    copy_models(tmp_path, "digits", "digits_preprocess")
    edit_config(tmp_path, "digits", 'name: "digits"', 'name: "numbers"')

    here = served(tmp_path)

    assert "[name-mismatch]" in here.refused["digits"]
    assert list(here.models) == ["digits_preprocess"]


def write_longer(directory: Path) -> None:
    with (directory / "labels.txt").open("a") as file:
        file.write("more\n")


def write_as_long(directory: Path) -> None:
    file = directory / "labels.txt"
    before = file.stat()
    file.write_text(file.read_text().swapcase())
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns + 1))


def add(directory: Path) -> None:
    (directory / "2").mkdir()
    (directory / "2" / "model.onnx").write_bytes(b"new")


def remove(directory: Path) -> None:
    (directory / "labels.txt").unlink()


def rename(directory: Path) -> None:
    (directory / "labels.txt").rename(directory / "names.txt")


@pytest.mark.parametrize("change", [write_longer, write_as_long, add, remove, rename])
def test_the_digest_changes_with_the_content(
    tmp_path: Path, change: Callable[[Path], None]
) -> None:
    directory = copy_models(tmp_path, "digits") / "digits"
    before = content_digest([directory])

    change(directory)

    assert content_digest([directory]) != before


def test_the_digest_ignores_what_python_caches(tmp_path: Path) -> None:
    directory = copy_models(tmp_path, "digits_preprocess") / "digits_preprocess"
    before = content_digest([directory])

    (directory / "1" / "__pycache__").mkdir()
    (directory / "1" / "__pycache__" / "model.pyc").write_bytes(b"cache")

    assert content_digest([directory]) == before


def test_the_digest_takes_single_files_too(tmp_path: Path) -> None:
    file = tmp_path / "batching.py"
    file.write_text("a = 1\n")
    before = content_digest([file])

    file.write_text("a = 10\n")

    assert content_digest([file]) != before
