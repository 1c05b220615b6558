"""Gives training the tokenizer that is served, so that the two cannot come to differ."""

import importlib.util
from pathlib import Path
from types import ModuleType

_SERVED = Path(__file__).parents[1] / "model_repository/sentiment_tokenizer/1/word_tokens.py"


def _load(path: Path) -> ModuleType:
    # The file lies in a model's version folder, which is no package, so it has no import name.
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


word_tokens = _load(_SERVED)
