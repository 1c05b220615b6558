"""Pools of nodes: machines that are not there or do not go together are told."""

from pathlib import Path

import pytest

from config import load_settings
from tests.support.settings_mistakes import assert_refused, write_settings

GENERAL = 'instance_types = ["m7i.large", "m6i.large"]'
TYPES = 'instance_types = ["g6.xlarge", "g5.xlarge"]'
GPU = "cluster.gpu_pools#1"
SPOT = 'capacity = "spot"'


def types(*names: str) -> str:
    return f"instance_types = {list(names)}"


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "remedy"),
    [
        pytest.param(
            "min_size = 2",
            "min_size = 9",
            "cluster.general_pool",
            "pool 'general': min_size 9 exceeds max_size 4",
            "lower it, or raise max_size",
            id="more nodes than the maximum",
        ),
        pytest.param(
            "min_size = 2",
            "min_size = 1",
            "cluster.general_pool.min_size",
            "1:",
            "write 2 or more",
            id="one general node",
        ),
        pytest.param(
            "max_size = 2",
            "max_size = 451",
            f"{GPU}.max_size",
            "451:",
            "write 450 or less",
            id="more nodes than EKS manages",
        ),
        pytest.param(
            'name = "gpu"',
            'name = "general"',
            "cluster",
            "two node pools share a name: general, general",
            "rename one",
            id="equal names",
        ),
        pytest.param(
            'name = "gpu"',
            'name = "GPU 1"',
            f"{GPU}.name",
            "'GPU 1'",
            "write 31 characters at most, of small letters, digits and hyphens",
            id="name that Kubernetes refuses",
        ),
        pytest.param(
            'name = "gpu"',
            'name = "gpu-burst-"',
            f"{GPU}.name",
            "'gpu-burst-'",
            'a letter first, no hyphen last, for instance "gpu-large"',
            id="name that is no label's value",
        ),
        pytest.param(
            'name = "gpu"',
            f'name = "g{31 * "p"}"',
            f"{GPU}.name",
            f"'g{31 * 'p'}'",
            "write 31 characters at most",
            id="long name",
        ),
        pytest.param(
            "disk_size_gib = 50",
            "disk_size_gib = 8",
            "cluster.general_pool.disk_size_gib",
            "8:",
            "write 20 or more",
            id="small disk",
        ),
        pytest.param(
            TYPES,
            f"{TYPES}\ndisk_size_gib = 50",
            f"{GPU}.disk_size_gib",
            "50:",
            "write 100 or more (the Triton image needs room twice)",
            id="disk too small for the image",
        ),
        pytest.param(
            TYPES,
            f"{TYPES}\ndisk_throughput_mibps = 2000",
            f"{GPU}.disk_throughput_mibps",
            "2000:",
            "write 1000 or less",
            id="disk faster than gp3",
        ),
        pytest.param(
            GENERAL,
            types("m7g.large"),
            "cluster.general_pool.instance_types#1",
            "'m7g.large': has an ARM processor",
            "choose for instance m7i.large",
            id="ARM",
        ),
        pytest.param(
            GENERAL,
            types("m7i.large", "g6.xlarge"),
            "cluster.general_pool.instance_types#2",
            "'g6.xlarge': carries accelerators",
            "choose for instance m7i.large",
            id="GPU in the general pool",
        ),
        pytest.param(
            GENERAL,
            types("large"),
            "cluster.general_pool.instance_types#1",
            "'large': is no EC2 instance type",
            "write for instance m7i.large",
            id="no type",
        ),
        pytest.param(
            TYPES,
            types("m5.large"),
            f"{GPU}.instance_types#1",
            "'m5.large': has no NVIDIA GPU",
            "choose for instance g6.xlarge (families: g4dn, g5, g6",
            id="no GPU",
        ),
        pytest.param(
            TYPES,
            types("g6.banana"),
            f"{GPU}.instance_types#1",
            "'g6.banana': g6 has no size 'banana'",
            "choose xlarge, 2xlarge",
            id="no size",
        ),
        pytest.param(
            TYPES,
            types("g6.xlarge", "p3.2xlarge"),
            f"{GPU}.instance_types#2",
            "'p3.2xlarge': has no NVIDIA GPU that Triton can use",
            "Turing or later",
            id="GPU older than CUDA 13 knows",
        ),
        pytest.param(
            TYPES,
            types("g6.xlarge", "g6.xlarge"),
            f"{GPU}.instance_types",
            "'g6.xlarge' is named twice",
            "remove one",
            id="type named twice",
        ),
        pytest.param(
            TYPES, types(), f"{GPU}.instance_types", "[]", "name 1 or more", id="no types"
        ),
        pytest.param(
            TYPES,
            types("g6.xlarge", "g6.12xlarge"),
            GPU,
            "g6.xlarge has 1, g6.12xlarge has 4",
            "Make a pool of each",
            id="different GPU counts",
        ),
        pytest.param(
            SPOT,
            'ami = "Windows"',
            f"{GPU}.ami",
            "'Windows'",
            "choose 'AL2023' or 'Bottlerocket'",
            id="unknown image",
        ),
    ],
)
def test_a_mistake_is_told_with_key_value_and_remedy(
    tmp_path: Path, old: str, new: str, key: str, value: str, remedy: str
) -> None:
    assert_refused(write_settings(tmp_path, old, new), key, value, remedy)


@pytest.mark.parametrize("name", ["g", "g6", "gpu-burst", f"g{30 * 'p'}"])
def test_a_pool_has_a_name_that_is_a_label(tmp_path: Path, name: str) -> None:
    path = write_settings(tmp_path, 'name = "gpu"', f'name = "{name}"')

    assert load_settings(str(path)).cluster.gpu_pools[0].name == name


def test_an_environment_needs_a_pool_of_gpus(tmp_path: Path) -> None:
    path = write_settings(tmp_path, "", "")
    text = path.read_text(encoding="utf-8")
    begin, end = text.index("[[cluster.gpu_pools]]"), text.index("[triton]")
    path.write_text(text[:begin] + text[end:], encoding="utf-8")

    assert_refused(path, "cluster.gpu_pools", "missing", "add it")
