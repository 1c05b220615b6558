"""Triton model that turns texts into the token numbers that the sentiment model reads."""

from pathlib import Path
from typing import Any

import numpy as np

# Triton puts this folder on the module search path.
import triton_python_backend_utils as pb_utils
from word_tokens import UnusableTextError, encode, read_vocabulary


class TritonPythonModel:
    """Answers each request's `text`, [n, 1] strings, with `token_ids`, int64[n, 32]."""

    def initialize(self, args: dict[str, str]) -> None:
        """Read the vocabulary that lies beside this file."""
        self._vocabulary = read_vocabulary(Path(__file__).with_name("vocabulary.txt"))

    def execute(self, requests: list[Any]) -> list[Any]:
        """Give one response for each request; an unusable text fails its own request only."""
        return [self._answer(request) for request in requests]

    def _answer(self, request: Any) -> Any:
        texts = pb_utils.get_input_tensor_by_name(request, "text").as_numpy().reshape(-1)
        try:
            tokens = np.stack([encode(text, self._vocabulary) for text in texts])
        except UnusableTextError as error:
            refusal = pb_utils.TritonError(str(error), pb_utils.TritonError.INVALID_ARG)
            return pb_utils.InferenceResponse(error=refusal)
        return pb_utils.InferenceResponse([pb_utils.Tensor("token_ids", tokens)])
