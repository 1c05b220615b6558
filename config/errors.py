"""How a mistake in a configuration file is told to the person who made it."""

from pathlib import Path

from pydantic import ValidationError


class ConfigError(ValueError):
    """A configuration file is missing or wrong; the message names file, key and fix."""


def explain(error: ValidationError, path: Path) -> str:
    """One line a mistake: file, key, what was given, what is allowed."""
    lines = []
    for mistake in error.errors():
        key = ".".join(str(part) for part in mistake["loc"])
        message = mistake["msg"].removeprefix("Value error, ")
        if mistake["type"] == "extra_forbidden":
            message = "unknown key: remove it or correct its spelling (allowed: config/schema.json)"
        elif mistake["type"] == "missing":
            message = "missing: add it"
        elif key:
            message = f"{mistake['input']!r}: {message}"
        lines.append(f"{path}: {key}: {message}" if key else f"{path}: {message}")
    return "\n".join(lines)
