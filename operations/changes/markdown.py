"""A comparison as a comment on a pull request, never longer than GitHub takes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from operations.changes.comparison import Changes
from operations.changes.report import Section, sections, verdict

# GitHub's limit is 65,536 characters; bytes are counted here, which are never fewer.
LIMIT = 65_536
_ROOM_FOR_THE_END = 300
# Longer ones are folded.
_FOLD_FROM = 15


@dataclass(frozen=True)
class _Block:
    """Lines that are cut together with their frame, which stays whole."""

    head: str
    lines: list[str]
    tail: str


def to_markdown(changes: Changes) -> str:
    """The comparison as GitHub-flavoured Markdown; what does not fit is counted at the end."""
    text = f"**{_plain(verdict(changes))}**\n"
    room = LIMIT - _ROOM_FOR_THE_END - _size(text)
    cut = 0
    for block in _blocks(sections(changes)):
        room -= _size(block.head) + _size(block.tail)
        kept = []
        for line in block.lines:
            if _size(line) + 1 > room:
                break
            kept.append(line)
            room -= _size(line) + 1
        cut += len(block.lines) - len(kept)
        if kept:
            text += block.head + "".join(f"{line}\n" for line in kept) + block.tail
        else:
            room += _size(block.head) + _size(block.tail)
    if cut:
        text += (
            f"\n**{cut} more lines are cut**, since a comment holds {LIMIT:,} characters: "
            "`tritonctl changes OLD NEW` shows them all.\n"
        )
    return text


def _blocks(found: list[Section]) -> Iterator[_Block]:
    for section in found:
        title = f"\n### {_plain(section.title)}\n\n"
        yield _fenced(title, "text", list(section.lines), section.danger)
        for diff in section.diffs:
            name = f"<details><summary>{_plain(diff.name)}</summary>\n\n"
            lines = diff.text.splitlines()
            fence = _fence(lines)
            yield _Block(f"\n{name}{fence}diff\n", lines, f"{fence}\n\n</details>\n")


def _fenced(title: str, language: str, lines: list[str], danger: bool) -> _Block:
    fence = _fence(lines)
    head, tail = f"{fence}{language}\n", f"{fence}\n"
    if len(lines) >= _FOLD_FROM and not danger:
        head = f"<details><summary>{len(lines)} lines</summary>\n\n{head}"
        tail = f"{tail}\n</details>\n"
    return _Block(title + head, lines, tail)


def _fence(lines: list[str]) -> str:
    """More backticks than any of the lines has in a row, so that none of them ends the block."""
    runs = (run for line in lines for run in re.findall("`+", line))
    return "`" * max(3, 1 + max(map(len, runs), default=0))


def _plain(text: str) -> str:
    """Text outside a block, where it could be markup."""
    return re.sub(r"[<>&*_`\[\]@#|\\]", lambda match: f"&#{ord(match[0])};", text)


def _size(text: str) -> int:
    return len(text.encode())
