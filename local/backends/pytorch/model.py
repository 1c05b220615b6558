"""Backend ``pytorch`` for machines without NVIDIA's: the same model.pt, on the CPU."""

import json
from pathlib import Path

import torch
import triton_python_backend_utils as pb_utils

from local.batching import Array, BatchedModel


class TritonPythonModel(BatchedModel):
    """One model instance."""

    def initialize(self, args: dict[str, str]) -> None:
        """Load the TorchScript module; tensors are ordered by the index in ``INPUT__0``."""
        config = json.loads(args["model_config"])
        # One thread an instance: instances and models share the cores, as the batcher expects.
        torch.set_num_threads(1)
        file_name = config.get("default_model_filename") or "model.pt"
        path = Path(args["model_repository"]) / args["model_version"] / file_name
        self._module = torch.jit.load(str(path), map_location="cpu").eval()
        self.inputs = sorted((tensor["name"] for tensor in config["input"]), key=_index)
        self.outputs = sorted((tensor["name"] for tensor in config["output"]), key=_index)
        self.batching = config["max_batch_size"] > 0
        pb_utils.Logger.log_info(f"{args['model_name']}: PyTorch {torch.__version__} on the CPU")

    def run(self, arrays: list[Array]) -> list[Array]:
        """Arrays in, arrays out."""
        with torch.inference_mode():
            result = self._module(*(torch.from_numpy(array) for array in arrays))
        results = result if isinstance(result, tuple | list) else (result,)
        return [tensor.numpy() for tensor in results]


def _index(name: str) -> int:
    """``INPUT__2`` is the third argument: NVIDIA's naming rule for TorchScript models."""
    return int(name.rpartition("__")[2])
