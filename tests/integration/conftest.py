"""The real platform, started once for all tests that only ask it questions."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config import Settings, load_settings, load_versions
from local import platform
from local.state import MODEL_REPOSITORY, PROJECT, State
from local.status import Addresses, addresses
from tests.support.environment import write_environment


@dataclass(frozen=True)
class Running:
    """A platform that runs: its settings, their file, and where it is."""

    settings: Settings
    environment: Path

    @property
    def addresses(self) -> Addresses:
        """Where to reach it."""
        return addresses(self.settings)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Triton with every shipped model, Envoy and Prometheus, on ports of their own."""
    directory = tmp_path_factory.mktemp("platform")
    environment = write_environment(directory)
    # Fetched at most once a checkout, by whoever needs it first.
    State(PROJECT / ".local").claim()
    tools = State(PROJECT / ".local").tools
    tools.mkdir(exist_ok=True)
    State(directory / "state").claim()
    (directory / "state" / "tools").symlink_to(tools)
    settings = load_settings(str(environment))
    platform.up(settings, load_versions(), MODEL_REPOSITORY, announce=print)
    yield Running(settings, environment)
    platform.down(settings, announce=print)
