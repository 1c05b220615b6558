"""Terms and sharing of GPU machines: what AWS or the hardware cannot do is told."""

from pathlib import Path

import pytest

from config import load_settings
from tests.support.settings_mistakes import assert_refused, write_settings

TYPES = 'instance_types = ["g6.xlarge", "g5.xlarge"]'
GPU = "cluster.gpu_pools#1"
SPOT = 'capacity = "spot"'
RESERVATION = 'capacity_reservation_id = "cr-0123456789abcdef0"'
BLOCK = f'capacity = "capacity-block"\n{RESERVATION}'


def types(*names: str) -> str:
    return f"instance_types = {list(names)}"


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "remedy"),
    [
        pytest.param(
            SPOT,
            'capacity = "cheap"',
            f"{GPU}.capacity",
            "'cheap'",
            "choose 'on-demand', 'spot' or 'capacity-block'",
            id="unknown capacity",
        ),
        pytest.param(
            "disk_size_gib = 50",
            'disk_size_gib = 50\ncapacity = "capacity-block"',
            "cluster.general_pool.capacity",
            "'capacity-block'",
            "choose 'on-demand' or 'spot'",
            id="general capacity block",
        ),
        pytest.param(
            SPOT,
            'capacity = "capacity-block"',
            GPU,
            "pool 'gpu': a capacity block needs capacity_reservation_id",
            "add it",
            id="block without reservation",
        ),
        pytest.param(
            SPOT,
            f"{SPOT}\n{RESERVATION}",
            GPU,
            "pool 'gpu': spot cannot use capacity_reservation_id",
            'remove it, or write capacity = "on-demand"',
            id="spot with reservation",
        ),
        pytest.param(
            SPOT,
            f'{BLOCK}\navailability_zones = ["eu-central-1b"]',
            GPU,
            "pool 'gpu': a reservation is of one type in one zone",
            "name one in instance_types",
            id="reservation of two types",
        ),
        pytest.param(
            f"{TYPES}\nmin_size = 0\nmax_size = 2\n{SPOT}",
            f"{types('p5.4xlarge')}\nmin_size = 0\nmax_size = 2\n{BLOCK}",
            GPU,
            "pool 'gpu': a reservation is of one type in one zone",
            "one in availability_zones",
            id="reservation without zone",
        ),
        pytest.param(
            SPOT,
            'capacity_reservation_id = "cr-1"',
            f"{GPU}.capacity_reservation_id",
            "'cr-1'",
            'for instance "cr-0123456789abcdef0"',
            id="no reservation",
        ),
        pytest.param(
            SPOT,
            'availability_zones = ["us-east-1a"]',
            "pool 'gpu': availability_zones",
            "'us-east-1a' is none of the environment's",
            "choose of eu-central-1a, eu-central-1b, eu-central-1c",
            id="zone outside the environment",
        ),
        pytest.param(
            SPOT,
            "availability_zones = []",
            f"{GPU}.availability_zones",
            "[]",
            "name 1 or more (of the environment's zones",
            id="no zone",
        ),
        pytest.param(
            SPOT,
            'sharing = "mps"',
            GPU,
            "pool 'gpu': sharing 'mps' does not go with shares 1",
            "whole GPUs have 1, shared ones 2 or more",
            id="shared in one part",
        ),
        pytest.param(
            SPOT,
            "shares = 4",
            GPU,
            "pool 'gpu': sharing 'whole' does not go with shares 4",
            "whole GPUs have 1, shared ones 2 or more",
            id="whole in four parts",
        ),
        pytest.param(
            SPOT,
            'sharing = "mps"\nshares = 49',
            f"{GPU}.shares",
            "49:",
            "write 48 or less",
            id="too many parts",
        ),
        pytest.param(
            SPOT,
            'sharing = "mig"\nshares = 2',
            GPU,
            "pool 'gpu': the GPU of g6.xlarge, g5.xlarge cannot be divided by MIG",
            "choose for instance p5.4xlarge, or time-slicing or mps",
            id="MIG on an L4",
        ),
        pytest.param(
            f"{TYPES}\nmin_size = 0\nmax_size = 2\n{SPOT}",
            f"{types('g7e.2xlarge')}\nmin_size = 0\nmax_size = 2\nsharing = 'mig'\nshares = 5",
            GPU,
            "pool 'gpu': shares 5 with mig",
            "divide into 4 parts at most: lower it",
            id="more MIG parts than the hardware has",
        ),
        *(
            pytest.param(
                f"{TYPES}\nmin_size = 0\nmax_size = 2\n{SPOT}",
                f"{types('p5.4xlarge')}\nmin_size = 0\nmax_size = 2\nami = 'Bottlerocket'\n"
                f"sharing = '{sharing}'\nshares = 2",
                GPU,
                f"pool 'gpu': sharing '{sharing}' on Bottlerocket",
                'write ami = "AL2023", or sharing = "whole"',
                id=f"{sharing} on Bottlerocket",
            )
            for sharing in ("time-slicing", "mps", "mig")
        ),
    ],
)
def test_a_mistake_is_told_with_key_value_and_remedy(
    tmp_path: Path, old: str, new: str, key: str, value: str, remedy: str
) -> None:
    assert_refused(write_settings(tmp_path, old, new), key, value, remedy)


def test_a_reservation_may_be_used_on_demand(tmp_path: Path) -> None:
    path = write_settings(
        tmp_path,
        f"{TYPES}\nmin_size = 0\nmax_size = 2\n{SPOT}",
        f"{types('g6.xlarge')}\nmin_size = 0\nmax_size = 2\n"
        f'{RESERVATION}\navailability_zones = ["eu-central-1a"]',
    )

    assert load_settings(str(path)).cluster.gpu_pools[0].capacity == "on-demand"


def test_a_node_offers_its_gpus_by_the_part(tmp_path: Path) -> None:
    path = write_settings(tmp_path, TYPES, f"{types('g6.12xlarge')}\nsharing = 'mps'\nshares = 3")

    assert load_settings(str(path)).cluster.gpu_pools[0].gpus_a_node == 12
