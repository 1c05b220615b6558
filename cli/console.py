"""How results and mistakes are printed: tables for people, JSON for programs."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console

from config import ConfigError
from local.process import LocalError
from operations.errors import OperationError

FAILED = 1

out = Console()
# Progress goes to stderr, so that `--json` and pipes see only results.
err = Console(stderr=True)

STATE_STYLE = {
    "ready": "green",
    "running": "green",
    "skipped": "yellow",
    "stopped": "yellow",
    "refused": "red",
    "failed": "red",
    "dead": "red",
}


def print_json(value: Any) -> None:
    """Plain JSON on standard output."""
    sys.stdout.write(json.dumps(value, indent=2, default=str) + "\n")


def styled(state: str) -> str:
    """A state in its colour."""
    return f"[{STATE_STYLE[state]}]{state}[/]"


@contextmanager
def mistakes_explained() -> Iterator[None]:
    """Expected failures become one message on stderr and exit status 1, without a traceback."""
    try:
        yield
    except (ConfigError, LocalError, OperationError) as error:
        err.print(f"[red]error:[/] {escape(error)}", highlight=False, soft_wrap=True)
        for fix in error.fix if isinstance(error, OperationError) else ():
            err.print(f"  → {escape(fix)}", highlight=False, soft_wrap=True)
        raise typer.Exit(FAILED) from error


def escape(text: object) -> str:
    """Text with Rich's brackets made harmless."""
    return str(text).replace("[", r"\[")
