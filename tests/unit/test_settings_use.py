"""Every setting does something: a line of an environment file that nothing reads is a defect."""

import ast
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import pytest

from config import Settings
from config.group import Group

ROOT = Path(__file__).parents[2]
# Who may read settings; what only tests read does nothing.
READERS = ("app.py", "cli", "constructs", "k8s", "local", "operations", "serving", "stacks")

# What the code calls a group of settings, where that is not the name of its key.
CALLED = {
    "": {"settings", "prod"},
    "cluster": {"cluster", "wanted"},
    "cluster.general_pool": {"pool"},
    "cluster.gpu_pools": {"pool", "gpu"},
    "local": {"local", "settings"},
}
# Settings that are read by a property or method of their own group, and that one by the code.
THROUGH = {
    "cluster.gpu_pools.shares": "gpus_a_node",
}


def groups(annotation: Any) -> Iterator[type[Group]]:
    if isinstance(annotation, type) and issubclass(annotation, Group):
        yield annotation
    elif get_origin(annotation) in {Annotated, Union, UnionType, tuple}:
        for part in get_args(annotation):
            yield from groups(part)


def leaves(group: type[Group], path: str = "") -> Iterator[str]:
    for name, field in group.model_fields.items():
        inner = list(groups(field.annotation))
        for one in inner:
            yield from leaves(one, f"{path}{name}.")
        if not inner:
            yield f"{path}{name}"


def reads(folder: Path) -> Iterator[tuple[str, str]]:
    """What is read as ``owner.name`` below a folder, also as ``settings.owner.name``."""
    for file in [folder] if folder.is_file() else folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                yield ast.unparse(node.value).rpartition(".")[2], node.attr


@pytest.fixture(scope="module")
def read() -> set[tuple[str, str]]:
    return {pair for reader in READERS for pair in reads(ROOT / reader)}


def owners(group: str) -> set[str]:
    return CALLED.get(group) or {group.rpartition(".")[2]}


@pytest.mark.parametrize("setting", sorted(set(leaves(Settings))))
def test_a_setting_does_something(setting: str, read: set[tuple[str, str]]) -> None:
    group, _, name = setting.rpartition(".")

    name = THROUGH.get(setting, name)

    assert {(owner, name) for owner in owners(group)} & read


def test_no_exception_outlives_its_reason(read: set[tuple[str, str]]) -> None:
    assert set(THROUGH) <= set(leaves(Settings))
    for setting in THROUGH:
        group, _, name = setting.rpartition(".")
        assert not {(owner, name) for owner in owners(group)} & read
