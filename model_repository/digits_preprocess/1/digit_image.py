"""Turns a picture of one handwritten digit into the 8x8 image that the classifier reads."""

import io
import struct
import zlib

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 8
"""Cells along each side of the classifier's image."""

MOST_PIXELS = 4096 * 4096
FAINTEST_INK = 24
"""Least difference from the paper, of 255, that counts as writing."""

INK_EDGE = 0.25
"""Share of the strongest ink above which a pixel belongs to the digit, not to smudges."""


class UnusableImageError(ValueError):
    """Says, in words for the sender, why an image cannot be read as a digit."""


def read_digit(png: bytes) -> NDArray[np.float32]:
    """Give the digit drawn in `png` as float32[1, 8, 8] between 0 (paper) and 1 (ink).

    The digit is prepared as in the UCI data set of handwritten digits: the ink fills the height
    and each cell holds the share of it that is covered with ink.

    Raises:
        UnusableImageError: when `png` is not a PNG, is broken, too large or blank.
    """
    ink = _crop(_ink(_greyscale(png)))
    height, width = ink.shape
    side = max(height, width)
    square = np.zeros((side, side), np.float32)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = ink
    cells = Image.fromarray(square).resize((SIDE, SIDE), Image.Resampling.BOX)
    covered = np.asarray(cells, np.float32)
    # The data set's pen is broad enough to fill a cell, so a thin line is brought up to it.
    digit: NDArray[np.float32] = np.clip(covered / covered.max(), 0.0, 1.0)[np.newaxis]
    return digit


def _greyscale(png: bytes) -> NDArray[np.uint8]:
    """Give the pixels of `png` on white paper as uint8[height, width]."""
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise UnusableImageError(
                    f"the image has {width}x{height} pixels, more than 4096x4096"
                )
            if image.mode.startswith("I"):
                # Pillow would clip 16-bit greys at 255 rather than scale them.
                return (np.asarray(image, np.uint32) >> 8).astype(np.uint8)
            drawing = image.convert("RGBA")
    except Image.DecompressionBombError as error:
        raise UnusableImageError("the image has more than 4096x4096 pixels") from error
    except UnusableImageError:
        raise
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error) as error:
        raise UnusableImageError("the image is not a PNG, or it is broken") from error
    paper = Image.new("RGBA", drawing.size, "white")
    return np.asarray(Image.alpha_composite(paper, drawing).convert("L"))


def _ink(grey: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Give how much ink each pixel holds, between 0 and 1, whichever of ink or paper is light."""
    border = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    paper = float(np.median(border))
    difference = paper - grey.astype(np.float32)
    ink = np.maximum(difference if paper > 127 else -difference, 0.0)
    strongest = float(ink.max())
    if strongest < FAINTEST_INK:
        raise UnusableImageError("the image is blank: nothing on it stands out from the paper")
    return ink / np.float32(strongest)


def _crop(ink: NDArray[np.float32]) -> NDArray[np.float32]:
    rows = np.flatnonzero((ink > INK_EDGE).any(axis=1))
    columns = np.flatnonzero((ink > INK_EDGE).any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
