"""What the JSON Schema of a model says about one of its keys."""

from collections.abc import Sequence
from typing import Any

Node = dict[str, Any]


def followed(root: Node, node: Node) -> Node:
    """A node without references; of something or null, the something. Its own words win."""
    for choice in node.get("anyOf", ()):
        if choice.get("type") != "null":
            own = {key: value for key, value in node.items() if key != "anyOf"}
            return followed(root, choice | own)
    if "$ref" in node:
        own = {key: value for key, value in node.items() if key != "$ref"}
        return followed(root, root["$defs"][node["$ref"].rpartition("/")[2]] | own)
    return node


def node_at(root: Node, place: Sequence[int | str]) -> Node:
    """The node of a key, given as pydantic's ``loc``; empty where nothing is known of it."""
    node = followed(root, root)
    for part in place:
        if isinstance(part, int):
            fixed: Sequence[Node] = node.get("prefixItems", ())
            child = fixed[part] if part < len(fixed) else node.get("items")
        else:
            child = node.get("properties", {}).get(part) or node.get("additionalProperties")
        node = followed(root, child) if isinstance(child, dict) else {}
    return node
