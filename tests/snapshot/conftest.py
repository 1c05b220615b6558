"""Goldens are YAML, one file each: a reviewer reads them."""

from typing import Any

import pytest
import yaml
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode


class YamlExtension(SingleFileSnapshotExtension):
    """One ``.yaml`` file a test."""

    _write_mode = WriteMode.TEXT
    file_extension = "yaml"

    def serialize(self, data: Any, **_: Any) -> str:
        """Several documents for a list, one for anything else."""
        documents = data if isinstance(data, list) else [data]
        return yaml.safe_dump_all(documents, sort_keys=False, width=100)


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compare with the golden file of the test; ``pytest --snapshot-update`` rewrites it."""
    return snapshot.use_extension(YamlExtension)
