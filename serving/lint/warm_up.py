"""Rules about warm-up samples: Triton runs them before a model is ready."""

from collections.abc import Iterator
from typing import Any

from serving.lint.files import is_file_inside
from serving.lint.tensors import batching_is_consistent, onnx_graph_agrees
from serving.problem import Problem, Severity
from serving.repository import ENSEMBLE, Model, Repository, data_type_name


def warm_up_fits(model: Model, repository: Repository) -> Iterator[Problem]:
    """Samples feed every input with its type and shape, from files that exist."""
    if any(batching_is_consistent(model, repository)) or any(onnx_graph_agrees(model, repository)):
        return  # those inputs are wrong, and the samples may well be right
    inputs = {tensor.name: tensor for tensor in model.config.input}
    for sample in model.config.model_warmup:
        for fault in _faults(model, inputs, sample):
            yield model.problem(
                "warm-up",
                field=f"model_warmup {sample.name!r}",
                message=f"the sample {fault}",
                fix="Feed exactly the model's inputs",
            )


def is_warmed_up(model: Model, _: Repository) -> Iterator[Problem]:
    """The first request after a rollout should not pay for lazy initialisation."""
    if model.backend != ENSEMBLE and not model.config.model_warmup:
        yield model.problem(
            "no-warm-up",
            severity=Severity.ADVICE,
            field="model_warmup",
            message="missing: the first requests will be slow",
            fix="Add a sample of batch_size 1 and one of max_batch_size",
        )


def _faults(model: Model, inputs: dict[str, Any], sample: Any) -> Iterator[str]:
    limit = max(model.config.max_batch_size, 1)
    if sample.batch_size > limit:
        yield f"has batch_size {sample.batch_size}, the model takes {limit}"
    for name in sorted(set(sample.inputs) - set(inputs)):
        yield f"feeds {name!r}, which is no input of the model"
    for name in sorted(set(inputs) - set(sample.inputs)):
        yield f"does not feed input {name!r}"
    for name in sorted(set(inputs) & set(sample.inputs)):
        wanted, given = inputs[name], sample.inputs[name]
        if given.data_type != wanted.data_type:
            yield (
                f"feeds {name!r} with {data_type_name(given.data_type)}, "
                f"the input is {data_type_name(wanted.data_type)}"
            )
        if len(given.dims) != len(wanted.dims) or any(
            mine != theirs and theirs != -1
            for mine, theirs in zip(given.dims, wanted.dims, strict=True)
        ):
            yield f"feeds {name!r} with dims {list(given.dims)}, the input has {list(wanted.dims)}"
        path = model.directory / "warmup" / given.input_data_file
        if given.input_data_file and not is_file_inside(model.directory, path):
            yield f"needs the file warmup/{given.input_data_file}, which is not there"
