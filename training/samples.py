"""Draws the sample pictures and writes the data that warms up the models that read strings."""

import argparse
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from training.artifacts import replace_file
from training.digits import load_data

PICTURE_SIDE = 256
SENTENCE = "what a wonderful day"


def picture(image: NDArray[np.float32]) -> bytes:
    """Give `image`, float32[1, 8, 8] of ink, as a PNG of 256x256 pixels, black on white."""
    paper = Image.fromarray(np.round((1.0 - image[0]) * 255).astype(np.uint8))
    smooth = paper.resize((PICTURE_SIDE, PICTURE_SIDE), Image.Resampling.BICUBIC)
    png = io.BytesIO()
    smooth.save(png, "PNG", optimize=True)
    return png.getvalue()


def first_held_out(digit: int) -> NDArray[np.float32]:
    """Give the first held-out image of `digit`, float32[1, 8, 8]."""
    data = load_data()
    row = int(np.flatnonzero(data.held_out_digits == digit)[0])
    image: NDArray[np.float32] = data.held_out_images[row]
    return image


def raw_string(content: bytes) -> bytes:
    """Give `content` as Triton's raw form of one string: its length, then its bytes."""
    return len(content).to_bytes(4, "little") + content


def write(repository: Path, samples: Path) -> None:
    """Write the pictures to `samples` and the warm-up files into the models of `repository`.

    Raises:
        OSError: when a file cannot be written.
    """
    seven = picture(first_held_out(7))
    replace_file(samples / "seven.png", seven)
    replace_file(samples / "three.png", picture(first_held_out(3)))
    replace_file(repository / "digits_preprocess/warmup/seven.raw", raw_string(seven))
    sentence = raw_string(SENTENCE.encode())
    replace_file(repository / "sentiment_tokenizer/warmup/sentence.raw", sentence)


def main() -> None:
    """Write every sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repository", type=Path, default=Path("model_repository"))
    parser.add_argument("--samples", type=Path, default=Path("docs/samples"))
    arguments = parser.parse_args()
    write(arguments.repository, arguments.samples)


if __name__ == "__main__":
    main()
