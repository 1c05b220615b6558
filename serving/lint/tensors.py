"""Rules about shapes and types: config.pbtxt against itself and against the ONNX graph."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import onnx
from onnx import TensorProto
from tritonclient.grpc.model_config_pb2 import DataType

from serving.lint.files import model_files_are_whole
from serving.problem import Problem
from serving.repository import ENSEMBLE, Model, Repository, data_type_name

# docs.nvidia.com, Triton model configuration, "Datatypes".
_ONNX_TYPES: dict[int, str] = {
    TensorProto.BOOL: "TYPE_BOOL",
    TensorProto.UINT8: "TYPE_UINT8",
    TensorProto.UINT16: "TYPE_UINT16",
    TensorProto.UINT32: "TYPE_UINT32",
    TensorProto.UINT64: "TYPE_UINT64",
    TensorProto.INT8: "TYPE_INT8",
    TensorProto.INT16: "TYPE_INT16",
    TensorProto.INT32: "TYPE_INT32",
    TensorProto.INT64: "TYPE_INT64",
    TensorProto.FLOAT16: "TYPE_FP16",
    TensorProto.FLOAT: "TYPE_FP32",
    TensorProto.DOUBLE: "TYPE_FP64",
    TensorProto.STRING: "TYPE_STRING",
    TensorProto.BFLOAT16: "TYPE_BF16",
}


# docs.nvidia.com, PyTorch backend, "Model Configuration": <name>__<index>.
_TORCH_NAME = re.compile(r".+__(?P<position>\d+)")


@dataclass(frozen=True)
class Tensor:
    """An input or output; -1 is a dimension of any size."""

    name: str
    data_type: str
    dims: tuple[int, ...]


def batching_is_consistent(model: Model, _: Repository) -> Iterator[Problem]:
    """What ``max_batch_size`` promises must fit the rest of the configuration."""
    config = model.config
    if config.max_batch_size < 0:
        yield _config_problem(
            model,
            "max_batch_size",
            f"{config.max_batch_size} is below 0",
            "Write 0 for a model that takes no batches",
        )
    if config.max_batch_size == 0 and config.HasField("dynamic_batching"):
        yield _config_problem(
            model,
            "dynamic_batching",
            "max_batch_size is 0, so there is nothing to batch",
            "Set max_batch_size, or remove dynamic_batching",
        )
    for size in config.dynamic_batching.preferred_batch_size:
        if not 0 < size <= max(config.max_batch_size, 1):
            yield _config_problem(
                model,
                "dynamic_batching.preferred_batch_size",
                f"{size} is outside 1..{config.max_batch_size} (max_batch_size)",
                "Prefer sizes that the model takes",
            )
    for kind, tensors in (("input", config.input), ("output", config.output)):
        if not tensors:
            yield _config_problem(
                model, kind, f"no {kind} is declared", f"Declare every {kind}: auto-complete is off"
            )
        for tensor in tensors:
            field = f"{kind} {tensor.name!r}"
            if not tensor.dims:
                yield _config_problem(
                    model, f"{field} dims", "no dims", "Write dims: [ 1 ] or more"
                )
            if tensor.data_type not in DataType.values() or not tensor.data_type:
                yield _config_problem(
                    model,
                    f"{field} data_type",
                    f"{data_type_name(tensor.data_type)} is no data type",
                    f"Choose one of {', '.join(DataType.keys()[1:])}",
                )
        names = [tensor.name for tensor in tensors]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield _config_problem(
                model, f"{kind} {name!r}", "declared twice", "Give each tensor a name of its own"
            )


def torch_names_are_numbered(model: Model, _: Repository) -> Iterator[Problem]:
    """TorchScript knows arguments by position, so the names must carry it."""
    if model.backend != "pytorch":
        return
    for kind, tensors in (("input", model.config.input), ("output", model.config.output)):
        positions = sorted(
            int(match["position"])
            for tensor in tensors
            if (match := _TORCH_NAME.fullmatch(tensor.name))
        )
        if positions != list(range(len(tensors))):
            names = ", ".join(tensor.name for tensor in tensors)
            yield _config_problem(
                model,
                kind,
                f"{names}: PyTorch tensors are named by position, from 0",
                f"Name them {kind.upper()}__0, {kind.upper()}__1 and so on",
            )


def onnx_graph_agrees(model: Model, repository: Repository) -> Iterator[Problem]:
    """Names, types and shapes of config.pbtxt are those of the graph in every served version."""
    if model.backend != "onnxruntime" or any(model_files_are_whole(model, repository)):
        return
    for version in model.served_versions:
        graph = onnx.load(str(model.model_file(version)), load_external_data=False).graph
        weights = {weight.name for weight in graph.initializer}
        inputs = [_onnx_tensor(value) for value in graph.input if value.name not in weights]
        outputs = [_onnx_tensor(value) for value in graph.output]
        yield from _compare(model, version, "input", model.config.input, inputs)
        yield from _compare(model, version, "output", model.config.output, outputs)


def _compare(
    model: Model, version: int, kind: str, declared: Sequence[Any], graph: Sequence[Tensor]
) -> Iterator[Problem]:
    in_graph = {tensor.name: tensor for tensor in graph}
    file = f"{model.name}/{version}/{model.model_file(version).name}"
    names = {tensor.name for tensor in declared}
    for missing in sorted(set(in_graph) - names) if kind == "input" else ():
        yield _config_problem(
            model, kind, f"{file} needs the input {missing!r}", f"Declare it: {in_graph[missing]}"
        )
    for tensor in declared:
        field = f"{kind} {tensor.name!r}"
        if tensor.name not in in_graph:
            yield _config_problem(
                model,
                field,
                f"{file} has no such {kind}; it has {', '.join(sorted(in_graph)) or 'none'}",
                "Use the names of the graph",
            )
            continue
        found = in_graph[tensor.name]
        data_type = data_type_name(tensor.data_type)
        if data_type != found.data_type:
            yield _config_problem(
                model,
                f"{field} data_type",
                f"{data_type} declared, {found.data_type} in {file}",
                f"Write data_type: {found.data_type}",
            )
        dims = tensor.reshape.shape if tensor.HasField("reshape") else tensor.dims
        yield from _compare_dims(model, field, tuple(dims), found.dims, file)


def _compare_dims(
    model: Model, field: str, declared: tuple[int, ...], graph: tuple[int, ...], file: str
) -> Iterator[Problem]:
    batched = model.config.max_batch_size > 0
    own = graph[1:] if batched else graph
    if batched and graph and graph[0] > 0:
        yield _config_problem(
            model,
            f"{field} dims",
            f"max_batch_size is {model.config.max_batch_size}, but the first dimension in {file} "
            f"is fixed to {graph[0]}",
            "Export the model with a dynamic batch dimension, or set max_batch_size: 0",
        )
    elif len(declared) != len(own) or any(
        mine != theirs and -1 not in (mine, theirs)
        for mine, theirs in zip(declared, own, strict=True)
    ):
        note = ""
        if batched and len(declared) == len(graph):
            note = "; with max_batch_size above 0 the batch dimension is not written"
        elif not batched and len(declared) == len(graph) - 1:
            note = "; with max_batch_size 0 every dimension is written, the batch too"
        yield _config_problem(
            model,
            f"{field} dims",
            f"{list(declared)} declared, {list(own)} in {file}{note}",
            f"Write dims: {list(own)}",
        )


def _onnx_tensor(value: onnx.ValueInfoProto) -> Tensor:
    tensor = value.type.tensor_type
    # protobuf hands out bytes where a damaged file holds no UTF-8
    name: str | bytes = value.name
    return Tensor(
        name if isinstance(name, str) else name.decode("utf-8", "replace"),
        _ONNX_TYPES.get(tensor.elem_type, f"ONNX type {tensor.elem_type}"),
        tuple(dim.dim_value if dim.HasField("dim_value") else -1 for dim in tensor.shape.dim),
    )


def _config_problem(model: Model, field: str, message: str, fix: str) -> Problem:
    kind = "batching" if "batch" in field else "tensors"
    return model.problem(
        kind if model.backend != ENSEMBLE else "ensemble",
        field=field,
        message=message,
        fix=fix,
    )
