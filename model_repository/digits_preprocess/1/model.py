"""Triton model that prepares PNG pictures of handwritten digits for the classifier."""

from typing import Any

import numpy as np

# Triton puts this folder on the module search path.
import triton_python_backend_utils as pb_utils
from digit_image import UnusableImageError, read_digit


class TritonPythonModel:
    """Answers each request's `png`, [n, 1] strings, with `image`, float32[n, 1, 8, 8]."""

    def execute(self, requests: list[Any]) -> list[Any]:
        """Give one response for each request; an unusable image fails its own request only."""
        return [self._answer(request) for request in requests]

    def _answer(self, request: Any) -> Any:
        pictures = pb_utils.get_input_tensor_by_name(request, "png").as_numpy().reshape(-1)
        try:
            images = np.stack([read_digit(png) for png in pictures])
        except UnusableImageError as error:
            refusal = pb_utils.TritonError(str(error), pb_utils.TritonError.INVALID_ARG)
            return pb_utils.InferenceResponse(error=refusal)
        return pb_utils.InferenceResponse([pb_utils.Tensor("image", images)])
