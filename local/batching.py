"""One call of the model for all the requests that Triton's dynamic batcher brought together.

Imported by our Python-based backends, inside Triton's stub process.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import triton_python_backend_utils as pb_utils

Array = npt.NDArray[Any]
Run = Callable[[list[Array]], list[Array]]


class BatchedModel(ABC):
    """What Triton calls, for a backend that only has to run arrays.

    Attributes:
        inputs: Tensor names in the order that ``run`` takes them.
        outputs: Tensor names in the order that ``run`` gives them.
        batching: Whether requests may be concatenated (``max_batch_size`` > 0).
    """

    inputs: Sequence[str]
    outputs: Sequence[str]
    batching: bool

    @abstractmethod
    def run(self, arrays: list[Array]) -> list[Array]:
        """The model: arrays in, arrays out, first dimension the batch when ``batching``."""

    def execute(self, requests: Sequence[Any]) -> list[Any]:
        """Answer every request, in order; one that fails does not fail its neighbours."""
        arrays = [
            [pb_utils.get_input_tensor_by_name(request, name).as_numpy() for name in self.inputs]
            for request in requests
        ]
        if self.batching and len(requests) > 1 and _same_shapes(arrays):
            try:
                results = _run_together(arrays, self.run)
            except Exception:  # one request may be to blame: ask each by itself, below
                pass
            else:
                return [
                    _response(request, self.outputs, result)
                    for request, result in zip(requests, results, strict=True)
                ]
        return [
            _run_alone(request, own, self.outputs, self.run)
            for request, own in zip(requests, arrays, strict=True)
        ]


def _same_shapes(arrays: list[list[Array]]) -> bool:
    return all(
        [array.shape[1:] for array in own] == [array.shape[1:] for array in arrays[0]]
        for own in arrays
    )


def _run_together(arrays: list[list[Array]], run: Run) -> list[list[Array]]:
    batch = run([np.concatenate(column) for column in zip(*arrays, strict=True)])
    ends = np.cumsum([len(own[0]) for own in arrays])[:-1]
    return [list(parts) for parts in zip(*(np.split(array, ends) for array in batch), strict=True)]


def _run_alone(request: Any, arrays: list[Array], outputs: Sequence[str], run: Run) -> Any:
    try:
        return _response(request, outputs, run(arrays))
    except Exception as error:
        return pb_utils.InferenceResponse(
            output_tensors=[], error=pb_utils.TritonError(f"{type(error).__name__}: {error}")
        )


def _response(request: Any, names: Sequence[str], arrays: Sequence[Array]) -> Any:
    wanted = request.requested_output_names()
    return pb_utils.InferenceResponse(
        output_tensors=[
            pb_utils.Tensor(name, array)
            for name, array in zip(names, arrays, strict=True)
            if name in wanted
        ]
    )
