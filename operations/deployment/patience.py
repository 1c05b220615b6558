"""Asking again until a deployment is well: copies of images and new pods take their time."""

import time
from collections.abc import Callable, Sequence

from operations.doctor.credentials import TITLE as CREDENTIALS
from operations.finding import Finding, Status

_PAUSE_SECONDS = 20


def until_well(
    examine: Callable[[], list[Finding]],
    *,
    minutes: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> list[Finding]:
    """The first findings without a failure, or the last ones.

    Args:
        examine: Asks everything once.
        minutes: How long to go on asking; 0: once.
        clock: Seconds that pass.
        sleep: Lets them pass.
    """
    end = clock() + minutes * 60
    findings = examine()
    while _may_mend(findings) and clock() + _PAUSE_SECONDS <= end:
        sleep(_PAUSE_SECONDS)
        findings = examine()
    return findings


def _may_mend(findings: Sequence[Finding]) -> bool:
    """Whether something is wrong that time alone may put right."""
    failed = {finding.title for finding in findings if finding.status is Status.FAIL}
    return bool(failed) and CREDENTIALS not in failed
