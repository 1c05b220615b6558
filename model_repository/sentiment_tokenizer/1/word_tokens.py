"""Defines how text becomes token numbers, for training and for serving alike."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

LENGTH = 32
"""Tokens for each text: shorter texts are padded, longer ones cut."""

PADDING, UNKNOWN = 0, 1
SPECIAL_TOKENS = ("<pad>", "<unk>")
"""The vocabulary's first lines, at the numbers PADDING and UNKNOWN."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


class UnusableTextError(ValueError):
    """Says, in words for the sender, why a text cannot be tokenized."""


def words(text: str) -> Iterator[str]:
    """Give the lower-case words of `text`, each with its apostrophes, without punctuation."""
    plain = text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return (match.group() for match in _WORD.finditer(plain))


def read_vocabulary(path: Path) -> dict[str, int]:
    """Give the number of each token: its line in the file at `path`, counted from 0.

    Raises:
        OSError: when the file cannot be read.
    """
    return {token: number for number, token in enumerate(path.read_text("utf-8").splitlines())}


def encode(text: bytes, vocabulary: dict[str, int]) -> NDArray[np.int64]:
    """Give the token numbers of UTF-8 `text` as int64[32].

    Raises:
        UnusableTextError: when `text` is not UTF-8 or holds no word.
    """
    try:
        found = list(islice(words(text.decode("utf-8")), LENGTH))
    except UnicodeDecodeError as error:
        raise UnusableTextError(f"the text is not UTF-8: byte {error.start} is wrong") from error
    if not found:
        raise UnusableTextError("the text is empty: there is no word in it")
    tokens = np.full(LENGTH, PADDING, np.int64)
    tokens[: len(found)] = [vocabulary.get(word, UNKNOWN) for word in found]
    return tokens
