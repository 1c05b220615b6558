"""Requests that wait together are inferred together."""

import pytest

from operations.bench import BenchError, bench
from tests.integration.conftest import Running

pytestmark = pytest.mark.integration


def test_at_concurrency_64_more_than_8_requests_share_a_run_of_the_model(running: Running) -> None:
    result = bench(
        "digits",
        triton_grpc=running.addresses.triton_grpc,
        metrics_url=running.addresses.triton_metrics,
        concurrency=64,
    )

    assert result.average_batch is not None
    assert result.average_batch > 8
    assert 0 < result.p50_ms <= result.p95_ms <= result.p99_ms


def test_a_model_that_is_not_there_cannot_be_measured(running: Running) -> None:
    with pytest.raises(BenchError, match="no_such_model"):
        bench(
            "no_such_model",
            triton_grpc=running.addresses.triton_grpc,
            metrics_url=running.addresses.triton_metrics,
            concurrency=1,
        )
