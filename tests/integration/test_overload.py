"""A full queue refuses at once instead of making everybody wait."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from config import Settings, load_settings, load_versions
from local import platform
from local.state import PROJECT, State
from local.status import addresses
from operations.inference import Client, InferenceError, Protocol
from tests.support.environment import write_environment
from tests.support.python_models import write_python_model

pytestmark = pytest.mark.integration

WORK_SECONDS = 0.5
QUEUE = """
dynamic_batching {
  default_queue_policy { timeout_action: REJECT default_timeout_microseconds: 5000000
                         max_queue_size: 4 }
}
"""


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A platform whose only model works half a second for each request, one at a time."""
    directory = tmp_path_factory.mktemp("overload")
    settings = load_settings(str(write_environment(directory)))
    State(directory / "state").claim()
    (directory / "state" / "tools").symlink_to(PROJECT / ".local" / "tools")
    models = directory / "models"
    write_python_model(models, "slow", on_request=f"__import__('time').sleep({WORK_SECONDS})")
    config = models / "slow" / "config.pbtxt"
    config.write_text(config.read_text().replace("max_batch_size: 4", "max_batch_size: 1") + QUEUE)
    platform.up(settings, load_versions(), models, announce=print)
    yield settings
    platform.down(settings, announce=print)


@pytest.mark.parametrize("protocol", list(Protocol))
def test_what_does_not_fit_the_queue_is_refused_before_the_work_is_done(
    slow: Settings, protocol: Protocol
) -> None:
    def ask(_: int) -> tuple[str, float]:
        """What the client was told, empty when it was served, and after how long."""
        with Client(addresses(slow).gateway_grpc, protocol) as client:
            begin = time.monotonic()
            try:
                client.infer("slow", {"x": np.ones((1, 1), dtype=np.float32)})
            except InferenceError as error:
                return str(error), time.monotonic() - begin
            return "", time.monotonic() - begin

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(ask, range(20)))

    refused = [seconds for told, seconds in answers if told]
    assert all("maximum queue size" in told for told, _ in answers if told)
    # One at work, four in the queue, and a few more where the batcher took one out early.
    assert 5 <= len(answers) - len(refused) <= 8
    assert max(refused) < WORK_SECONDS
