"""Models that are kept from Triton because it died while loading them.

A Python model that fails while it loads should only fail itself, and mostly does; but now and
then Triton 2.51 ends with a segmentation fault instead (3 of 7 starts with four such models). Then
the model is left out and the others are started without it.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from local.state import State
from serving.repository import Model

# How Triton's log names a model that fails while loading, and why.
_TRACES = (
    re.compile(r"failed to load '(?P<model>[^']+)' version \d+: (?P<reason>.+)"),
    re.compile(r"Failed to initialize Python stub: (?P<reason>.+?/models/(?P<model>[^/]+)/\d+/.*)"),
    re.compile(r"for model '(?P<model>.+)_\d+_\d+', message: (?P<reason>.+)"),
    re.compile(r"(?P<reason>Stub process '(?P<model>.+)_\d+_\d+' is not healthy)"),
)


def failures(log: Path) -> dict[str, str]:
    """Models that the log blames, each with the reason it gives."""
    found: dict[str, str] = {}
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        for trace in _TRACES:
            if match := trace.search(line):
                found.setdefault(match["model"], one_line(match["reason"]))
    return found


def one_line(reason: str) -> str:
    """A reason of Triton without line breaks (real or written) and without the traceback."""
    text = reason.replace("\\n", "\n").partition("\nAt:")[0]
    return " ".join(text.split()).rstrip(' ";')


def without(models: Mapping[str, Model], quarantined: Mapping[str, str]) -> dict[str, Model]:
    """The models but for the quarantined ones and the ensembles that call one of them."""
    left = {name: model for name, model in models.items() if name not in quarantined}
    while blocked := {name for name, model in left.items() if not set(model.steps) <= set(left)}:
        left = {name: model for name, model in left.items() if name not in blocked}
    return left


def write_quarantine(state: State, quarantined: Mapping[str, str]) -> None:
    """Keep for ``status`` what was left out at the last start."""
    file = _file(state)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(dict(quarantined)), encoding="utf-8")


def read_quarantine(state: State) -> dict[str, str]:
    """What was left out at the last start, and why."""
    try:
        quarantined: dict[str, str] = json.loads(_file(state).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return quarantined


def _file(state: State) -> Path:
    return state.data("triton") / "quarantine.json"
