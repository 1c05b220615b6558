"""The AWS regions with three zones or more, read from ``regions.toml``."""

import tomllib
from pathlib import Path

_FILE = Path(__file__).with_name("regions.toml")

# Region to its zones: ``{"eu-central-1": ("eu-central-1a", ...)}``.
ZONES: dict[str, tuple[str, ...]] = {
    region: tuple(region + letter for letter in letters)
    for region, letters in tomllib.loads(_FILE.read_text(encoding="utf-8"))["zones"].items()
}
