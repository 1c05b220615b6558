"""The tags of something in AWS."""

from collections.abc import Mapping
from typing import Any


def tags_of(described: Mapping[str, Any], key: str = "Tags") -> dict[str, str]:
    """AWS's list of key and value as a dictionary; the spelling differs by service."""
    return {
        tag.get("Key", tag.get("TagKey")): tag.get("Value", tag.get("TagValue", ""))
        for tag in described.get(key) or ()
    }
