"""The linter on shapes, types, batching, and what production asks for."""

from pathlib import Path
from typing import Any

import onnx
import pytest

from serving.lint.linter import lint
from serving.problem import Problem, Severity
from tests.support.model_copies import (
    copy_models,
    edit_config,
    read_config,
    the_problem,
    write_config,
)

IMAGE = 'name: "image"\n    data_type: TYPE_FP32\n    dims: [ 1, 8, 8 ]'
GPU = "instance_group [ { count: 2, kind: KIND_GPU } ]"
OWN_DIMS = {"image": [-1, 1, 8, 8], "probabilities": [-1, 10], "class": [-1, 1], "score": [-1, 1]}


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """A repository that holds a copy of ``digits`` only."""
    return copy_models(tmp_path, "digits")


def first_broken(repository: Path) -> Problem:
    """The worst problem, which must keep the model from loading."""
    problem = lint(repository).problems[0]
    assert problem.severity is Severity.BROKEN
    assert problem.fix
    return problem


def unbatched(config: Any) -> None:
    """Take the batches from ``digits``, in a way that loads."""
    del config.model_warmup[1:]
    config.model_warmup[0].inputs["image"].dims[:] = OWN_DIMS["image"]
    config.max_batch_size = 0
    config.ClearField("dynamic_batching")
    for tensor in (*config.input, *config.output):
        tensor.dims[:] = OWN_DIMS[tensor.name]


@pytest.mark.parametrize("dims", ["1, 8, 9", "8, 8", "1, 8, 9223372036854775807", "1, -8, 0"])
def test_dims_that_the_graph_does_not_have_are_told(digits: Path, dims: str) -> None:
    edit_config(digits, "digits", IMAGE, IMAGE.replace("1, 8, 8", dims))

    problem = the_problem(digits)

    assert (problem.rule, problem.file) == ("tensors", "digits/config.pbtxt")
    assert problem.field == "input 'image' dims"
    assert problem.message == f"[{dims}] declared, [1, 8, 8] in digits/1/model.onnx"
    assert problem.fix == "Write dims: [1, 8, 8]"


def test_a_type_that_the_graph_does_not_have_is_told(digits: Path) -> None:
    edit_config(digits, "digits", IMAGE, IMAGE.replace("FP32", "FP16"))

    problem = the_problem(digits)

    assert problem.field == "input 'image' data_type"
    assert problem.message == "TYPE_FP16 declared, TYPE_FP32 in digits/1/model.onnx"
    assert problem.fix == "Write data_type: TYPE_FP32"


def test_dims_of_any_size_fit_the_graph(digits: Path) -> None:
    edit_config(digits, "digits", IMAGE, IMAGE.replace("1, 8, 8", "1, -1, 8"))

    assert lint(digits).problems == ()


def test_an_input_that_the_graph_needs_is_told(digits: Path) -> None:
    edit_config(digits, "digits", IMAGE, IMAGE.replace('"image"', '"picture"'))

    messages = [problem.message for problem in lint(digits).problems]

    assert "digits/1/model.onnx needs the input 'image'" in messages


def test_an_input_that_the_graph_lacks_is_told(digits: Path) -> None:
    edit_config(
        digits, "digits", "input [", 'input [ { name: "mask" data_type: TYPE_FP32 dims: [ 1 ] },'
    )

    fields = {problem.field: problem for problem in lint(digits).problems}

    assert "has no such input; it has image" in fields["input 'mask'"].message


def test_an_output_that_the_graph_lacks_is_told(digits: Path) -> None:
    edit_config(digits, "digits", '"score"', '"certainty"')

    problem = the_problem(digits)

    assert problem.field == "output 'certainty'"
    assert "it has class, probabilities, score" in problem.message


def test_an_output_need_not_be_declared(digits: Path) -> None:
    config = read_config(digits / "digits")
    del config.output[2]
    write_config(digits / "digits", config)

    assert lint(digits).problems == ()


def test_a_batch_dimension_that_is_written_twice_is_told(digits: Path) -> None:
    edit_config(digits, "digits", IMAGE, IMAGE.replace("1, 8, 8", "-1, 1, 8, 8"))

    assert "the batch dimension is not written" in first_broken(digits).message


def test_without_batches_every_dimension_is_written(digits: Path) -> None:
    config = read_config(digits / "digits")
    unbatched(config)
    write_config(digits / "digits", config)
    assert lint(digits).refused == {}

    config.input[0].dims[:] = [1, 8, 8]
    write_config(digits / "digits", config)

    assert "every dimension is written, the batch too" in the_problem(digits).message


def test_a_graph_with_a_fixed_batch_takes_no_batches(digits: Path) -> None:
    file = digits / "digits" / "1" / "model.onnx"
    graph = onnx.load(file)
    graph.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 4
    onnx.save(graph, file)

    problem = first_broken(digits)

    assert problem.field == "input 'image' dims"
    assert "the first dimension in digits/1/model.onnx is fixed to 4" in problem.message
    assert "Export the model with a dynamic batch dimension" in problem.fix


def test_dynamic_batching_needs_a_batch_size(digits: Path) -> None:
    edit_config(digits, "digits", "max_batch_size: 64", "max_batch_size: 0")

    problem = first_broken(digits)

    assert (problem.rule, problem.field) == ("batching", "dynamic_batching")
    assert problem.fix == "Set max_batch_size, or remove dynamic_batching"


@pytest.mark.parametrize("size", [65, 0, -1])
def test_a_preferred_batch_that_the_model_does_not_take_is_told(digits: Path, size: int) -> None:
    batching = "dynamic_batching {"
    edit_config(digits, "digits", batching, f"{batching} preferred_batch_size: [ {size} ]")

    problem = the_problem(digits)

    assert (problem.rule, problem.field) == ("batching", "dynamic_batching.preferred_batch_size")
    assert problem.message == f"{size} is outside 1..64 (max_batch_size)"


def test_a_negative_batch_size_is_told(digits: Path) -> None:
    edit_config(digits, "digits", "max_batch_size: 64", "max_batch_size: -4")

    problem = first_broken(digits)

    assert (problem.rule, problem.message) == ("batching", "-4 is below 0")


def test_a_tensor_without_dims_is_told(digits: Path) -> None:
    edit_config(digits, "digits", IMAGE, IMAGE.replace("dims: [ 1, 8, 8 ]", ""))

    assert first_broken(digits).field == "input 'image' dims"


@pytest.mark.parametrize("name", ["image", "INPUT__1", "INPUT_0", "INPUT__"])
def test_torch_tensors_are_named_by_position(tmp_path: Path, name: str) -> None:
    copy_models(tmp_path, "digits_torch")
    config = (tmp_path / "digits_torch" / "config.pbtxt").read_text(encoding="utf-8")
    renamed = config.replace("INPUT__0", name)
    (tmp_path / "digits_torch" / "config.pbtxt").write_text(renamed, encoding="utf-8")

    problem = the_problem(tmp_path)

    assert (problem.field, problem.fix) == ("input", "Name them INPUT__0, INPUT__1 and so on")


@pytest.mark.parametrize(
    ("model", "group", "wanted"),
    [
        ("digits", "", "kind: KIND_GPU"),
        ("digits", "instance_group [ { count: 2 } ]", "kind: KIND_GPU"),
        ("digits", "instance_group [ { count: 2, kind: KIND_AUTO } ]", "kind: KIND_GPU"),
        ("digits", "instance_group [ { count: 2, kind: KIND_CPU } ]", "kind: KIND_GPU"),
        ("digits_preprocess", "instance_group [ { count: 2 } ]", "kind: KIND_CPU"),
    ],
)
def test_a_model_that_may_run_on_the_cpu_in_silence_is_unsafe_but_loads(
    tmp_path: Path, model: str, group: str, wanted: str
) -> None:
    copy_models(tmp_path, model)
    edit_config(tmp_path, model, GPU if model == "digits" else GPU.replace("GPU", "CPU"), group)

    report = lint(tmp_path)

    unsafe = [problem for problem in report.problems if problem.severity is Severity.UNSAFE]
    assert [(problem.rule, problem.field) for problem in unsafe] == [
        ("silent-cpu", "instance_group")
    ]
    assert wanted in unsafe[0].fix
    assert list(report.loadable) == [model]
    assert not report.ready_for_production


@pytest.mark.parametrize("bound", ["max_queue_size: 512", "default_timeout_microseconds: 2000000"])
def test_a_queue_without_a_bound_is_unsafe_but_loads(digits: Path, bound: str) -> None:
    edit_config(digits, "digits", bound, "")

    problem = the_problem(digits)

    assert (problem.rule, problem.severity) == ("queue-unbounded", Severity.UNSAFE)
    assert bound.partition(":")[0] + " is 0" in problem.message
    assert list(lint(digits).loadable) == ["digits"]


@pytest.mark.parametrize(
    ("field", "rule"), [("model_warmup", "no-warm-up"), ("instance_group", "queue-stall")]
)
def test_what_only_slows_a_model_is_advice(digits: Path, field: str, rule: str) -> None:
    config = read_config(digits / "digits")
    if field == "model_warmup":
        config.ClearField(field)
    else:
        config.instance_group[0].count = 1
    write_config(digits / "digits", config)

    problem = the_problem(digits)

    assert (problem.rule, problem.severity) == (rule, Severity.ADVICE)
    assert problem.field == field
    assert lint(digits).ready_for_production
