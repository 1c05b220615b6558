"""A stopping pod has the time that its requests need."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from config import EXIT_MARGIN_SECONDS, TritonSettings, environment_names, load_settings
from serving.lifecycle import Lifecycle

SECONDS = st.integers(1, 10**6)


def triton(pre_stop: int, exit_timeout: int) -> TritonSettings:
    """The dev environment's Triton with these pauses."""
    pauses = {"pre_stop_seconds": pre_stop, "exit_timeout_seconds": exit_timeout}
    return load_settings("dev").triton.model_copy(update=pauses)


@given(SECONDS, SECONDS)
def test_the_grace_period_is_the_pauses_and_a_margin(pre_stop: int, exit_timeout: int) -> None:
    made = Lifecycle.of(triton(pre_stop, exit_timeout))

    assert (made.pre_stop_seconds, made.exit_timeout_seconds) == (pre_stop, exit_timeout)
    assert made.termination_grace_seconds == pre_stop + exit_timeout + EXIT_MARGIN_SECONDS


@given(SECONDS, SECONDS, st.integers(1, 10**6))
@example(pre_stop=15, exit_timeout=30, missing=1)
def test_a_shorter_grace_period_is_refused_with_the_sum(
    pre_stop: int, exit_timeout: int, missing: int
) -> None:
    needed = pre_stop + exit_timeout + EXIT_MARGIN_SECONDS

    with pytest.raises(ValueError, match=rf"shorter than .* allow at least {needed} s"):
        Lifecycle(
            pre_stop_seconds=pre_stop,
            exit_timeout_seconds=exit_timeout,
            termination_grace_seconds=needed - missing,
        )


@given(SECONDS, SECONDS, st.integers(0, 10**6))
def test_a_longer_grace_period_is_allowed(pre_stop: int, exit_timeout: int, more: int) -> None:
    grace = pre_stop + exit_timeout + EXIT_MARGIN_SECONDS + more

    made = Lifecycle(
        pre_stop_seconds=pre_stop,
        exit_timeout_seconds=exit_timeout,
        termination_grace_seconds=grace,
    )

    assert made.termination_grace_seconds == grace


def test_triton_has_time_to_leave_by_itself() -> None:
    assert EXIT_MARGIN_SECONDS > 0


@pytest.mark.parametrize("name", environment_names())
def test_no_request_of_an_environment_outlives_its_pod(name: str) -> None:
    settings = load_settings(name)
    made = Lifecycle.of(settings.triton)

    assert settings.gateway.request_timeout_seconds <= made.exit_timeout_seconds
