"""Load from NVIDIA's own perf_analyzer, which is inside the tritonclient wheel."""

import csv
import importlib.util
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from operations.batching import batch_window
from operations.errors import OperationError

_TIMEOUT_SECONDS = 300
# Libraries that perf_analyzer wants and the Triton wheel carries, under the names it asks for.
_LIBRARIES = {"libcudart.so.12": "libcudart*", "libb64.so.0d": "libb64*"}


class BenchError(OperationError):
    """perf_analyzer did not measure; the message is its own."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One load level, closed loop.

    Attributes:
        model: The model asked.
        concurrency: Requests kept in flight.
        inferences_per_second: Throughput.
        p50_ms: Median latency at the client.
        p95_ms: 95th percentile.
        p99_ms: 99th percentile; noisy on a shared machine.
        average_batch: Average executed batch by Triton's counters.
    """

    model: str
    concurrency: int
    inferences_per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    average_batch: float | None


def bench(
    model: str,
    *,
    triton_grpc: str,
    metrics_url: str,
    concurrency: int,
    requests: int = 2000,
) -> Measurement:
    """Keep ``concurrency`` gRPC requests in flight and measure.

    Triton is asked on its own port: perf_analyzer reads the model's configuration and
    statistics first, and the gateway does not pass those.

    Args:
        model: A model with numeric inputs; perf_analyzer makes them up.
        triton_grpc: ``host:port`` of Triton itself.
        metrics_url: Triton's own metrics page.
        concurrency: Requests in flight.
        requests: In each of the three measurement windows.

    Raises:
        BenchError: perf_analyzer is missing or failed.
        MetricsError: Triton does not answer.
    """
    program = Path(sys.executable).with_name("perf_analyzer")
    if not program.is_file():
        raise BenchError("perf_analyzer is missing from the tritonclient package: `make up` again")
    with tempfile.TemporaryDirectory() as scratch, batch_window(metrics_url) as window:
        report = Path(scratch) / "report.csv"
        command = [
            str(program),
            *("-m", model, "-u", triton_grpc, "-i", "grpc"),
            *("--concurrency-range", str(concurrency)),
            *("--measurement-mode", "count_windows", "--measurement-request-count", str(requests)),
            # Three windows whatever they say: on a shared machine none is "stable" to the tool,
            # and then it reports nothing. Judging noise is for those who compare runs.
            *("--max-trials", "3", "--stability-percentage", "999", "-f", str(report)),
        ]
        environment = os.environ | {"LD_LIBRARY_PATH": str(_libraries(Path(scratch)))}
        try:
            run = subprocess.run(
                command,
                env=environment,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise BenchError(f"no result within {_TIMEOUT_SECONDS} s") from error
        if not report.is_file():
            lines = [line for line in (run.stdout + run.stderr).splitlines() if line.strip()]
            reason = lines[-1].strip() if lines else f"exit status {run.returncode}"
            raise BenchError(f"perf_analyzer: {reason.removeprefix('error: ')}")
        with report.open(newline="", encoding="utf-8") as file:
            (row,) = csv.DictReader(file)
    return Measurement(
        model=model,
        concurrency=concurrency,
        inferences_per_second=float(row["Inferences/Second"]),
        p50_ms=float(row["p50 latency"]) / 1000,
        p95_ms=float(row["p95 latency"]) / 1000,
        p99_ms=float(row["p99 latency"]) / 1000,
        average_batch=window.average_batch(model),
    )


def _libraries(scratch: Path) -> Path:
    spec = importlib.util.find_spec("pytriton")
    if spec is None or not spec.submodule_search_locations:
        raise BenchError("the nvidia-pytriton package is missing: run `make up` again")
    bundled = Path(spec.submodule_search_locations[0]).parent / "nvidia_pytriton.libs"
    links = scratch / "lib"
    links.mkdir()
    for name, pattern in _LIBRARIES.items():
        for library in bundled.glob(pattern):
            (links / name).symlink_to(library)
    return links
