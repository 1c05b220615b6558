"""Waiting for what other processes do in their own time."""

import time
from collections.abc import Callable


def until(condition: Callable[[], bool], *, seconds: float) -> None:
    """Return when the condition holds.

    Raises:
        AssertionError: it did not within the time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        time.sleep(0.1)
