"""The rules share assemblies on disk, which go when the run ends."""

from collections.abc import Iterator

import pytest

from tests.rules.synthesis import clean_up


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_left() -> Iterator[None]:
    yield
    clean_up()
