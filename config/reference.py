"""The page about every setting, made from the JSON Schema of the environment files."""

import json
from collections.abc import Iterator

from config.outline import Node, followed
from config.settings import Settings

_HEAD = """\
# Every setting

Made by `make generate` from `config/*.py`: do not edit. How to work with settings is told in
[settings.md](../settings.md). A key without a default must be written.
"""


def reference() -> str:
    """The page, in Markdown: a table of the file for each group of settings."""
    schema = Settings.model_json_schema()
    return "\n".join([_HEAD, *_section(schema, schema, heading="At the top of the file", key="")])


def _section(root: Node, group: Node, *, heading: str, key: str) -> Iterator[str]:
    yield f"## {heading}\n"
    yield f"{group['description']}\n"
    yield "| key | allowed | default | meaning |"
    yield "|---|---|---|---|"
    inner = []
    for name, reference in group["properties"].items():
        node = followed(root, reference)
        tables = followed(root, node.get("items", {}))
        path = f"{key}.{name}".removeprefix(".")
        if "properties" in node:
            inner.append((node, f"`[{path}]`", path))
        elif "properties" in tables:
            words = {"description": node["description"]}
            inner.append((tables | words, f"`[[{path}]]`", path))
        else:
            needed = name in group.get("required", ())
            cells = (f"`{name}`", _allowed(root, node), _default(node, needed), _meaning(node))
            yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
    yield ""
    for node, title, path in inner:
        yield from _section(root, node, heading=title, key=path)


def _allowed(root: Node, node: Node) -> str:
    if "enum" in node:
        return ", ".join(_code(value) for value in node["enum"])
    match node["type"]:
        case "boolean":
            return "`true`, `false`"
        case "integer":
            lowest, highest = node["minimum"], node.get("maximum")
            return f"{lowest} or more" if highest is None else f"{lowest} to {highest}"
        case "array" if "prefixItems" in node:
            return f"list of {node['maxItems']}: {_allowed(root, node['prefixItems'][0])}"
        case "array":
            item = followed(root, node["items"])
            few = f", at least {node['minItems']}" if "minItems" in node else ""
            many = f", at most {node['maxItems']}" if "maxItems" in node else ""
            return f"list{few}{many}: {_allowed(root, item)}"
    example = f", for instance {_code(node['examples'][0])}" if "examples" in node else ""
    return f"text{example}"


def _default(node: Node, needed: bool) -> str:
    if needed:
        return ""
    return "none" if node["default"] is None else _code(node["default"])


def _meaning(node: Node) -> str:
    meaning: str = node["description"]
    return meaning


def _code(value: object) -> str:
    return f"`{json.dumps(value)}`"
