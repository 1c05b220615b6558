"""How trained modules become the files of the model repository."""

import io
import os
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from google.protobuf.message import Message

ONNX_OPSET = 17


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a reader sees the old file or the new one, never half.

    Raises:
        OSError: when the folder cannot be made or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        # mkstemp gives 0600, but Triton often runs as another user than the trainer.
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def onnx_model(
    module: torch.nn.Module, example: torch.Tensor, input_name: str, output_names: Sequence[str]
) -> onnx.ModelProto:
    """Give `module` as an ONNX graph whose first dimension is a free `batch`.

    Args:
        module: Takes one tensor and returns a tuple of tensors, one for each output name.
        example: An input of the right shape with at least two samples.
        input_name: Name of the graph's input.
        output_names: Names of the graph's outputs, in order.

    Raises:
        RuntimeError: when torch cannot export the module.
    """
    program = torch.onnx.export(
        module.eval(),
        (example,),
        dynamo=True,
        verbose=False,
        opset_version=ONNX_OPSET,
        input_names=[input_name],
        output_names=list(output_names),
        dynamic_shapes=({0: torch.export.Dim("batch")},),
    )
    if program is None:
        raise RuntimeError("torch gave no ONNX program")
    model: onnx.ModelProto = program.model_proto
    _drop_metadata(model)
    onnx.checker.check_model(model, full_check=True)
    return model


def torchscript_bytes(module: torch.nn.Module, example: torch.Tensor) -> bytes:
    """Give `module`, traced on `example`, as a TorchScript archive without debug records."""
    traced = torch.jit.trace(module.eval(), (example,))  # type: ignore[no-untyped-call]
    archive = io.BytesIO()
    torch.jit.save(traced, archive)
    stripped = io.BytesIO()
    # The debug records hold the paths of the machine that trained the model.
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(stripped, "w") as target:
        for record in source.infolist():
            if not record.filename.endswith(".debug_pkl"):
                target.writestr(zipfile.ZipInfo(record.filename), source.read(record))
    return stripped.getvalue()


def _drop_metadata(message: Message) -> None:
    """Clear the exporter's notes, which hold paths of the machine that trained the model."""
    for field, value in message.ListFields():
        if field.name in {"metadata_props", "doc_string"}:
            message.ClearField(field.name)
        elif field.message_type is not None:
            for child in value if isinstance(value, Sequence) else [value]:
                _drop_metadata(child)
