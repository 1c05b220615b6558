"""What is generated from the settings is up to date and says what each of them means."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import Settings
from config.outline import Node, followed

ROOT = Path(__file__).parents[2]
SCHEMA = Settings.model_json_schema()


def nodes(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    """Every key of the settings and every kind of list entry, by its path."""
    for name, reference in node.get("properties", {}).items():
        inner = followed(SCHEMA, reference)
        yield f"{path}{name}", inner
        yield from nodes(inner, f"{path}{name}.")
    for entry in (*node.get("prefixItems", ()), node.get("items")):
        if isinstance(entry, dict):
            inner = followed(SCHEMA, entry)
            yield f"{path}#", inner
            yield from nodes(inner, f"{path}#.")


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        ([], "config/schema.json"),
        (["schema"], "config/schema.json"),
        (["reference"], "docs/reference/settings.md"),
    ],
)
def test_the_committed_file_is_what_the_code_says(arguments: list[str], file: str) -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "config", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert (ROOT / file).read_text(encoding="utf-8") == printed


def test_every_setting_says_what_it_means() -> None:
    silent = [
        path
        for path, node in nodes(followed(SCHEMA, SCHEMA), "")
        if "description" not in node and "#" not in path.rpartition(".")[2]
    ]

    assert silent == []


def test_every_pattern_comes_with_words_and_an_example() -> None:
    # `explain` tells these instead of the pattern.
    mute = [
        path
        for path, node in nodes(followed(SCHEMA, SCHEMA), "")
        if "pattern" in node and not {"description", "examples"} <= set(node)
    ]

    assert mute == []


def test_the_reference_has_a_row_for_every_setting() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    tables = page.split("\n## ")[1:]

    rows = sum(table.count("\n| `") for table in tables)
    leaves = [
        path
        for path, node in nodes(followed(SCHEMA, SCHEMA), "")
        if "properties" not in node
        and "properties" not in followed(SCHEMA, node.get("items") or {})
        and not path.endswith("#")
    ]
    assert rows == len(leaves)
