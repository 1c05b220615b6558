"""How a mistake in a configuration file is told to the person who made it."""

import codecs
import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from config.outline import Node, node_at

_TYPES = {
    "bool_type": "write true or false",
    "dict_type": "write a table",
    "float_type": "write a number",
    "int_type": "write a whole number",
    "model_type": "write a table",
    "string_type": 'write text, in "quotes"',
    "tuple_type": "write a list, in [brackets]",
}
_BOUNDS = {
    "greater_than_equal": "write {ge} or more",
    "less_than_equal": "write {le} or less",
    "string_too_short": "write {min_length} or more characters",
    "too_long": "name {max_length} at most",
    "too_short": "name {min_length} or more",
}


class ConfigError(ValueError):
    """A configuration file is missing or wrong; the message names file, key and fix."""


def explain(error: ValidationError, path: Path, model: type[BaseModel]) -> str:
    """One line a mistake: file, key, what was given, what is allowed."""
    schema = model.model_json_schema()
    mistakes = error.errors()
    places = [mistake["loc"] for mistake in mistakes]
    lines = []
    for mistake in mistakes:
        place = mistake["loc"]
        if mistake["type"] == "too_short" and any(
            other[: len(place)] == place and other != place for other in places
        ):
            continue  # pydantic counts only sound entries; the unsound one is told by itself
        key = _key(place)
        message = _message(mistake, schema)
        if (
            key
            and mistake["type"] not in {"extra_forbidden", "missing"}
            and not isinstance(mistake["input"], dict)
        ):
            message = f"{mistake['input']!r}: {message}"
        lines.append(f"{path}: {key}: {message}" if key else f"{path}: {message}")
    return "\n".join(lines)


def _key(place: Sequence[int | str]) -> str:
    """A place as a person says it: ``cluster.gpu_pools#1.name`` is the first pool's."""
    key = ""
    for part in place:
        if isinstance(part, int):
            key += f"#{part + 1}"
        elif part != "[key]":  # the name of an entry is told as the entry
            key += f".{part}"
    return key.removeprefix(".")


def _message(mistake: ErrorDetails, schema: Node) -> str:
    node = node_at(schema, mistake["loc"])
    meaning = node.get("description", "").partition(". ")[0]
    kind = mistake["type"]
    if kind == "extra_forbidden":
        known = ", ".join(node_at(schema, mistake["loc"][:-1])["properties"])
        return f"unknown key: correct its spelling or remove it; there are {known}"
    if kind == "missing":
        return "missing: add it"
    if kind == "literal_error":
        return f"choose {mistake['ctx']['expected']}"
    if kind == "string_pattern_mismatch" and "examples" in node:
        return f"write {meaning}, for instance {json.dumps(node['examples'][0])}"
    if kind in _BOUNDS:
        allowed = _BOUNDS[kind].format_map(mistake["ctx"])
        return f"{allowed} ({meaning})" if meaning else allowed
    if kind.startswith("date_"):
        return "write a date, for instance 2027-03-27"
    return _TYPES.get(kind) or mistake["msg"].removeprefix("Value error, ")


def read_toml(path: Path) -> str:
    """A TOML file as JSON text, which pydantic can check strictly.

    Raises:
        ConfigError: the file is missing, unreadable or not TOML.
    """
    try:
        content = path.read_bytes()
        if content.startswith(codecs.BOM_UTF8):
            raise ValueError("save it as UTF-8 without a byte order mark")
        return json.dumps(tomllib.loads(content.decode()), default=str)
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: there is no such file: correct the path") from error
    except (OSError, ValueError) as error:  # TOML and UTF-8 errors are ValueErrors
        raise ConfigError(f"{path}: not a readable TOML file: {error}") from error
