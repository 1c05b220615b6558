"""How well requests are brought together: the average executed batch, by Triton's own count."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import urllib3
from prometheus_client.parser import text_string_to_metric_families

from operations.errors import OperationError
from serving.metrics import EXECUTION_COUNT, INFERENCE_COUNT

_COUNTER_SUFFIX = "_total"


class MetricsError(OperationError):
    """Triton's metrics cannot be read."""


@dataclass
class BatchWindow:
    """What happened between two readings of Triton's counters, by model.

    Attributes:
        inferences: Samples that were inferred.
        executions: Runs of the model that this took.
    """

    inferences: dict[str, float] = field(default_factory=dict)
    executions: dict[str, float] = field(default_factory=dict)

    def average_batch(self, model: str) -> float | None:
        """Samples a run, for example 12.5; None when the model did not run."""
        runs = self.executions.get(model, 0.0)
        return self.inferences.get(model, 0.0) / runs if runs else None


@contextmanager
def batch_window(metrics_url: str) -> Iterator[BatchWindow]:
    """Watch Triton's counters while the body runs; the window is filled when it ends.

    Args:
        metrics_url: Triton's own metrics page.

    Raises:
        MetricsError: Triton does not answer.
    """
    window = BatchWindow()
    before = _counters(metrics_url)
    yield window
    after = _counters(metrics_url)
    for name, target in (
        (INFERENCE_COUNT, window.inferences),
        (EXECUTION_COUNT, window.executions),
    ):
        for model, value in after[name].items():
            target[model] = value - before[name].get(model, 0.0)


def _counters(url: str) -> dict[str, dict[str, float]]:
    counters: dict[str, dict[str, float]] = {INFERENCE_COUNT: {}, EXECUTION_COUNT: {}}
    try:
        text = urllib3.request("GET", url, timeout=5, retries=False).data.decode()
    except urllib3.exceptions.HTTPError as error:
        raise MetricsError(f"nobody answers at {url}: start the platform with `make up`") from error
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            by_model = counters.get(sample.name.removesuffix(_COUNTER_SUFFIX))
            if by_model is not None:
                model = sample.labels["model"]
                by_model[model] = by_model.get(model, 0.0) + sample.value
    return counters
