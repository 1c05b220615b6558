"""Small Python models that misbehave on purpose."""

from pathlib import Path

_CONFIG = """
name: "{name}"
backend: "python"
max_batch_size: 4
input [ {{ name: "x" data_type: TYPE_FP32 dims: [ 1 ] }} ]
output [ {{ name: "y" data_type: TYPE_FP32 dims: [ 1 ] }} ]
instance_group [ {{ count: 1, kind: KIND_CPU }} ]
model_warmup [ {{
  name: "zero" batch_size: 1
  inputs {{ key: "x" value {{ data_type: TYPE_FP32 dims: [ 1 ] zero_data: true }} }}
}} ]
"""

_MODEL = """
import os

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def initialize(self, args):
        {on_load}

    def execute(self, requests):
        responses = []
        for request in requests:
            x = pb_utils.get_input_tensor_by_name(request, "x").as_numpy()
            {on_request}
            responses.append(pb_utils.InferenceResponse([pb_utils.Tensor("y", x)]))
        return responses
"""


def write_python_model(
    repository: Path, name: str, *, on_load: str = "pass", on_request: str = "pass"
) -> None:
    """A model that echoes ``x`` as ``y``, warmed up with 0, and does one thing more.

    Args:
        repository: Where to put it.
        name: Its name.
        on_load: A statement to run while it loads.
        on_request: A statement to run for each request; ``x`` is its array.
    """
    version = repository / name / "1"
    version.mkdir(parents=True)
    (version.parent / "config.pbtxt").write_text(_CONFIG.format(name=name), encoding="utf-8")
    (version / "model.py").write_text(
        _MODEL.format(on_load=on_load, on_request=on_request), encoding="utf-8"
    )
