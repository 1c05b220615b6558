"""Rules of the repository that no tool checks by itself."""

import ast
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOT_OURS = {"node_modules", "cdk.out", "dist", "__pycache__"}

VERSION = re.compile(r"(?<![\d.])\d+\.\d+\.\d+(?![\d.])|tritonserver:")


def python_files(folder: Path = ROOT) -> Iterator[Path]:
    for directory, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in NOT_OURS and name[0] != "."]
        yield from (Path(directory, name) for name in files if name.endswith(".py"))


class Literals(ast.NodeVisitor):
    """Every string of a module but docstrings and the table of flag versions."""

    def __init__(self, module: ast.Module) -> None:
        self.found: list[str] = []
        self.visit(module)

    def visit_Expr(self, node: ast.Expr) -> None:
        """Skip docstrings."""
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Skip the one table that is about versions: serving/triton.py."""
        if ast.unparse(node.targets[0]) != "_SINCE":
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        """Collect strings."""
        if isinstance(node.value, str):
            self.found.append(node.value)


def test_constructs_stays_a_source_root() -> None:
    # With an __init__.py here this test could not even start: conftest imports aws_cdk.
    assert list((ROOT / "constructs").glob("*.py")) == []


@pytest.mark.parametrize("folder", ["stacks", "constructs", "k8s", "local", "serving"])
def test_versions_are_written_in_config_only(folder: str) -> None:
    found = {
        f"{path.relative_to(ROOT)}: {text!r}"
        for path in python_files(ROOT / folder)
        for text in Literals(ast.parse(path.read_text(encoding="utf-8"))).found
        if VERSION.search(text)
    }

    assert not found, "move to config/versions.toml"


def test_only_the_edges_read_settings() -> None:
    readers = {
        path.relative_to(ROOT).parts[0]
        for path in python_files()
        if re.search(r"\bload_settings\b", path.read_text(encoding="utf-8"))
    }

    assert readers <= {"app.py", "cli", "tests", "config"}


def test_the_cdk_cli_is_pinned_exactly() -> None:
    # npm's newest, 3.0.0, is an accident that cannot read our assembly (aws/aws-cdk#38113).
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))

    assert re.fullmatch(r"2\.\d+\.\d+", package["devDependencies"]["aws-cdk"])


def test_python_models_run_with_the_same_packages_everywhere() -> None:
    def pins(path: Path) -> set[str]:
        lines = path.read_text(encoding="utf-8").splitlines()
        return {line.strip() for line in lines if "==" in line}

    in_the_image = pins(ROOT / "model_repository" / "requirements.txt")
    assert in_the_image
    assert in_the_image <= pins(ROOT / "requirements.txt")


def test_no_module_is_named_after_nothing() -> None:
    names = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "constants.py"}

    assert [path for path in python_files() if path.name in names] == []


def test_tests_are_no_package() -> None:
    # A package below tests/ could shadow one of PyPI, such as `constructs`.
    assert list((ROOT / "tests").rglob("__init__.py")) == []
