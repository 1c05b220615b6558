"""One Triton pod: it fits its machines, its memory is enough, and it outlives its requests."""

from pathlib import Path

import pytest

from config import load_settings
from tests.support.settings_mistakes import assert_refused, write_settings


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "remedy"),
    [
        pytest.param(
            "gpus_per_pod = 1",
            "gpus_per_pod = 8",
            "triton.gpus_per_pod 8",
            "exceeds what a pod gets on g6.xlarge of pool 'gpu', 1",
            "ask for less, or choose larger machines",
            id="more GPUs than the machine",
        ),
        pytest.param(
            "gpus_per_pod = 1",
            "gpus_per_pod = 9",
            "triton.gpus_per_pod",
            "9:",
            "write 8 or less",
            id="more GPUs than any machine",
        ),
        pytest.param(
            "cpu_millicores = 3000",
            "cpu_millicores = 4000",
            "triton.cpu_millicores 4000",
            "exceeds what a pod gets on g6.xlarge of pool 'gpu', 3500",
            "ask for less",
            id="all processors of the machine",
        ),
        pytest.param(
            "memory_mib = 12288",
            "memory_mib = 16384",
            "triton.memory_mib 16384",
            "exceeds what a pod gets on g6.xlarge of pool 'gpu', 13727",
            "choose larger machines",
            id="all memory of the machine",
        ),
        pytest.param(
            "shared_memory_mib = 1024",
            "shared_memory_mib = 12288",
            "triton",
            "shared_memory_mib 12288 is part of memory_mib 12288",
            "lower it, or raise memory_mib",
            id="shared memory is all memory",
        ),
        pytest.param(
            "replicas = 1", "replicas = 0", "triton.replicas", "0:", "write 1 or more", id="no pod"
        ),
        pytest.param(
            "pre_stop_seconds = 15",
            "pre_stop_seconds = 0",
            "triton.pre_stop_seconds",
            "0:",
            "write 5 or more (pause before SIGTERM",
            id="no pause",
        ),
        pytest.param(
            "max_request_mib = 8",
            "max_request_mib = 65",
            "gateway.max_request_mib",
            "65:",
            "write 64 or less (larger bodies get 413)",
            id="large requests",
        ),
        pytest.param(
            "request_timeout_seconds = 20",
            "request_timeout_seconds = 31",
            "gateway.request_timeout_seconds 31",
            "exceeds triton.exit_timeout_seconds 30",
            "lower it, or raise triton.exit_timeout_seconds",
            id="request outlives the pod",
        ),
        pytest.param(
            "idle_timeout_seconds = 15",
            "idle_timeout_seconds = 30",
            "gateway.idle_timeout_seconds 30",
            "must be below triton.exit_timeout_seconds 30",
            "lower it",
            id="idle connection outlives the pod",
        ),
    ],
)
def test_a_mistake_is_told_with_key_value_and_remedy(
    tmp_path: Path, old: str, new: str, key: str, value: str, remedy: str
) -> None:
    assert_refused(write_settings(tmp_path, old, new), key, value, remedy)


def test_a_pod_takes_one_part_of_a_shared_gpu(tmp_path: Path) -> None:
    path = write_settings(
        tmp_path,
        'instance_types = ["g6.xlarge", "g5.xlarge"]',
        'instance_types = ["g6.12xlarge"]\nsharing = "time-slicing"\nshares = 4',
    )
    text = path.read_text(encoding="utf-8").replace("gpus_per_pod = 1", "gpus_per_pod = 2")
    path.write_text(text, encoding="utf-8")

    assert_refused(
        path, "triton.gpus_per_pod 2", "with pool 'gpu'", 'write 1, or sharing = "whole"'
    )


def test_timeouts_may_be_as_long_as_the_pod_waits(tmp_path: Path) -> None:
    path = write_settings(tmp_path, "request_timeout_seconds = 20", "request_timeout_seconds = 30")

    assert load_settings(str(path)).gateway.request_timeout_seconds == 30
