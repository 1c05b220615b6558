"""Which tests share a process when two run side by side."""

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

_TESTS = Path(__file__).parents[1]
# Each process would synthesize the same templates again.
_SYNTHESIZED = ("cloud_assembly", "every_option_assembly", "synth")


class BySharedWork(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keeps a file together, because of its fixtures; and all files that look at templates."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid.partition("::")[0])


@cache
def _group(file: str) -> str:
    path = _TESTS.parent / file
    folder = path.relative_to(_TESTS).parts[0]
    if folder == "rules":
        return folder
    text = path.read_text(encoding="utf-8")
    return "templates" if any(word in text for word in _SYNTHESIZED) else file
