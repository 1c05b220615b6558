"""How a mistake in a configuration file is told to the person who made it."""

import json
import tomllib
from pathlib import Path

from pydantic import ValidationError


class ConfigError(ValueError):
    """A configuration file is missing or wrong; the message names file, key and fix."""


def explain(error: ValidationError, path: Path) -> str:
    """One line a mistake: file, key, what was given, what is allowed."""
    mistakes = error.errors()
    places = [mistake["loc"] for mistake in mistakes]
    lines = []
    for mistake in mistakes:
        place = mistake["loc"]
        if mistake["type"] == "too_short" and any(
            other[: len(place)] == place and other != place for other in places
        ):
            continue  # pydantic counts only sound entries; the unsound one is told by itself
        key = ".".join(str(part) for part in place)
        message = mistake["msg"].removeprefix("Value error, ")
        if mistake["type"] == "extra_forbidden":
            message = "unknown key: correct its spelling or remove it"
        elif mistake["type"] == "missing":
            message = "missing: add it"
        elif key and not isinstance(mistake["input"], dict):
            message = f"{mistake['input']!r}: {message}"
        lines.append(f"{path}: {key}: {message}" if key else f"{path}: {message}")
    return "\n".join(lines)


def read_toml(path: Path) -> str:
    """A TOML file as JSON text, which pydantic can check strictly.

    Raises:
        ConfigError: the file is missing, unreadable or not TOML.
    """
    try:
        with path.open("rb") as file:
            return json.dumps(tomllib.load(file), default=str)
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file: correct the path") from error
    except (OSError, ValueError) as error:  # TOML and UTF-8 errors are ValueErrors
        raise ConfigError(f"{path}: not a readable TOML file: {error}") from error
