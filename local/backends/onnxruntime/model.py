"""Backend ``onnxruntime`` for machines without NVIDIA's: the same model.onnx, on the CPU."""

import json
from pathlib import Path

import numpy as np
import onnxruntime
import triton_python_backend_utils as pb_utils

from local.batching import Array, BatchedModel


class TritonPythonModel(BatchedModel):
    """One model instance."""

    def initialize(self, args: dict[str, str]) -> None:
        """Load the graph with the thread counts that config.pbtxt asks for."""
        config = json.loads(args["model_config"])
        options = onnxruntime.SessionOptions()
        parameters = config.get("parameters", {})
        for key, attribute in (
            ("intra_op_thread_count", "intra_op_num_threads"),
            ("inter_op_thread_count", "inter_op_num_threads"),
        ):
            if key in parameters:
                setattr(options, attribute, int(parameters[key]["string_value"]))
        file_name = config.get("default_model_filename") or "model.onnx"
        self._session = onnxruntime.InferenceSession(
            str(Path(args["model_repository"]) / args["model_version"] / file_name),
            options,
            providers=["CPUExecutionProvider"],
        )
        self.inputs = [tensor["name"] for tensor in config["input"]]
        self.outputs = [tensor["name"] for tensor in config["output"]]
        self.batching = config["max_batch_size"] > 0

        accelerators = config.get("optimization", {}).get("execution_accelerators", {})
        for accelerator in accelerators.get("gpu_execution_accelerator", []):
            pb_utils.Logger.log_warn(
                f"{args['model_name']}: no {accelerator['name']} on this machine, "
                "the model runs on the plain CPU provider"
            )

    def run(self, arrays: list[Array]) -> list[Array]:
        """Arrays in, arrays out."""
        feeds = {
            name: _decoded(array) if array.dtype == np.object_ else array
            for name, array in zip(self.inputs, arrays, strict=True)
        }
        results: list[Array] = self._session.run(self.outputs, feeds)
        return results


def _decoded(texts: Array) -> Array:
    """ONNX strings are text, Triton's are bytes."""
    return np.vectorize(lambda text: text.decode("utf-8"), otypes=[np.object_])(texts)
