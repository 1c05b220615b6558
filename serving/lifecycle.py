"""How a Triton pod stops without losing a request.

What the real server does (measured, Triton 2.51): on SIGTERM it refuses new connections at
once, goes on answering "ready" on connections it has, and one idle keep-alive connection holds
it for the whole exit timeout. So traffic must end before SIGTERM (the pre-stop pause), and the
kubelet must not kill before Triton has given up by itself (the grace period).
"""

from dataclasses import dataclass
from typing import Self

from config import EXIT_MARGIN_SECONDS, TritonSettings


@dataclass(frozen=True, kw_only=True)
class Lifecycle:
    """The pauses of a stopping pod, in seconds.

    Raises:
        ValueError: the grace period is too short for the pauses it must contain.
    """

    pre_stop_seconds: int
    exit_timeout_seconds: int
    termination_grace_seconds: int

    def __post_init__(self) -> None:
        """Refuse a grace period that is too short."""
        needed = self.pre_stop_seconds + self.exit_timeout_seconds + EXIT_MARGIN_SECONDS
        if self.termination_grace_seconds < needed:
            raise ValueError(
                f"termination grace {self.termination_grace_seconds} s is shorter than "
                f"pre-stop {self.pre_stop_seconds} s + exit timeout {self.exit_timeout_seconds} s "
                f"+ margin {EXIT_MARGIN_SECONDS} s: Triton would be killed with requests in "
                f"flight; allow at least {needed} s"
            )

    @classmethod
    def of(cls, triton: TritonSettings) -> Self:
        """The shortest lifecycle that loses nothing."""
        return cls(
            pre_stop_seconds=triton.pre_stop_seconds,
            exit_timeout_seconds=triton.exit_timeout_seconds,
            termination_grace_seconds=(
                triton.pre_stop_seconds + triton.exit_timeout_seconds + EXIT_MARGIN_SECONDS
            ),
        )
