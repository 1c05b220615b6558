"""How long a teardown waits, and what it tells meanwhile."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

_Left = TypeVar("_Left")


class Progress(Protocol):
    """Who is told how far it is."""

    def waiting(self, text: str) -> None:
        """What is waited for; replaces what was said before."""

    def done(self, text: str) -> None:
        """What has happened; stays."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Limits of waiting.

    Attributes:
        poll_seconds: Between two looks.
        kubernetes_seconds: For controllers to clean up: load balancers, and custom resources.
        stack_seconds: For one stack; node groups drain and a cluster takes a quarter of an hour.
    """

    poll_seconds: float = 5
    kubernetes_seconds: float = 15 * 60
    stack_seconds: float = 90 * 60

    def wait(
        self,
        limit_seconds: float,
        remaining: Callable[[], Sequence[_Left]],
        tell: Callable[[Sequence[_Left], int], None],
    ) -> Sequence[_Left]:
        """Look until nothing remains.

        Args:
            limit_seconds: When to give up; 0 looks once.
            remaining: What is still there.
            tell: Told what is still there, and the seconds so far.

        Returns:
            What remained when time was up; empty when all went.
        """
        started = time.monotonic()
        while left := remaining():
            passed = time.monotonic() - started
            if passed >= limit_seconds:
                return left
            tell(left, round(passed))
            time.sleep(self.poll_seconds)
        return ()
