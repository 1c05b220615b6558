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
            "pre_stop_seconds = 15",
            "pre_stop_seconds = 601",
            "triton.pre_stop_seconds",
            "601:",
            "write 600 or less (pause before SIGTERM",
            id="endless pause",
        ),
        pytest.param(
            "exit_timeout_seconds = 30",
            "exit_timeout_seconds = 3601",
            "triton.exit_timeout_seconds",
            "3601:",
            "write 3600 or less (longest wait for requests in flight)",
            id="endless stop",
        ),
        pytest.param(
            "request_timeout_seconds = 20",
            "request_timeout_seconds = 3601",
            "gateway.request_timeout_seconds",
            "3601:",
            "write 3600 or less (longest wait for an answer",
            id="endless request",
        ),
        pytest.param(
            "exit_timeout_seconds = 30",
            "exit_timeout_seconds = 96",
            "triton.pre_stop_seconds 15 + triton.exit_timeout_seconds 96",
            "exceed 120, the seconds that AWS gives a spot machine of pool 'gpu'",
            'lower them, or write capacity = "on-demand"',
            id="pod outlives the notice of its spot machine",
        ),
        pytest.param(
            "replicas = 1",
            "replicas = 3",
            "triton.replicas 3",
            "exceeds what the GPU pools hold when each has its max_size, 2 such pods",
            "lower it, or raise max_size",
            id="more pods than GPUs",
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


@pytest.mark.parametrize(
    ("old", "new", "room"),
    [
        # 48 vCPUs have room for 15 pods, 192 GiB for 15 too, and 4 GPUs for one of three.
        ("gpus_per_pod = 1", "gpus_per_pod = 3", 2),
        ("gpus_per_pod = 1", "gpus_per_pod = 2", 4),
        ("cpu_millicores = 3000", "cpu_millicores = 16000", 4),
        ("memory_mib = 12288", "memory_mib = 65536", 4),
        ("memory_mib = 12288", "memory_mib = 61440", 6),
    ],
    ids=["GPU left over", "two GPUs", "two by processors", "two by memory", "three by memory"],
)
def test_pools_hold_whole_pods(tmp_path: Path, old: str, new: str, room: int) -> None:
    path = write_settings(tmp_path, '["g6.xlarge", "g5.xlarge"]', '["g6.12xlarge"]')
    text = path.read_text(encoding="utf-8").replace(old, new)

    path.write_text(text.replace("replicas = 1", f"replicas = {room}"), encoding="utf-8")
    assert load_settings(str(path)).triton.replicas == room
    path.write_text(text.replace("replicas = 1", f"replicas = {room + 1}"), encoding="utf-8")

    assert_refused(path, f"triton.replicas {room + 1}", f"{room} such pods", "raise max_size")


def test_a_pod_may_take_the_whole_notice_of_a_spot_machine(tmp_path: Path) -> None:
    path = write_settings(tmp_path, "exit_timeout_seconds = 30", "exit_timeout_seconds = 95")

    assert load_settings(str(path)).triton.exit_timeout_seconds == 95


def test_a_pod_that_is_not_on_spot_may_take_longer(tmp_path: Path) -> None:
    path = write_settings(tmp_path, "exit_timeout_seconds = 30", "exit_timeout_seconds = 3600")
    text = path.read_text(encoding="utf-8").replace('"spot"', '"on-demand"')
    path.write_text(text, encoding="utf-8")

    assert load_settings(str(path)).triton.exit_timeout_seconds == 3600


def test_timeouts_may_be_as_long_as_the_pod_waits(tmp_path: Path) -> None:
    path = write_settings(tmp_path, "request_timeout_seconds = 20", "request_timeout_seconds = 30")

    assert load_settings(str(path)).gateway.request_timeout_seconds == 30
