"""The commands that the documentation shows."""

import re
from pathlib import Path

_BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(document: Path) -> list[str]:
    """Lines that begin with ``$ `` inside the console blocks of a Markdown file, in order."""
    text = document.read_text(encoding="utf-8")
    return [
        line.removeprefix("$ ").partition("  #")[0].strip()
        for block in _BLOCK.findall(text)
        for line in block.splitlines()
        if line.startswith("$ ")
    ]
