"""The linter on model files, and that nothing in a repository makes it raise."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.lint.linter import lint
from serving.repository import BACKENDS
from tests.support.model_copies import SHIPPED, copy_models, edit_config, the_problem

ONNX_FILE = SHIPPED / "digits" / "1" / "model.onnx"
ONNX = ONNX_FILE.read_bytes()
CONFIG = (SHIPPED / "digits" / "config.pbtxt").read_text(encoding="utf-8")
# Python warns of "\o" and the like in a string that protobuf decodes.
ESCAPES = "ignore:invalid .*escape sequence:DeprecationWarning"
FILES = {
    "digits": "1/model.onnx",
    "digits_torch": "1/model.pt",
    "digits_preprocess": "1/model.py",
}


def with_config(content: bytes) -> list[str]:
    """The rules that a model with this configuration, and nothing else, breaks."""
    with tempfile.TemporaryDirectory() as directory:
        model = Path(directory) / "digits"
        (model / "1").mkdir(parents=True)
        (model / "1" / "model.onnx").symlink_to(ONNX_FILE)
        (model / "labels.txt").symlink_to(SHIPPED / "digits" / "labels.txt")
        (model / "config.pbtxt").write_bytes(content)
        return [problem.rule for problem in lint(Path(directory)).problems]


@pytest.mark.parametrize(("model", "file"), FILES.items())
def test_a_missing_model_file_is_told(tmp_path: Path, model: str, file: str) -> None:
    (copy_models(tmp_path, model) / model / file).unlink()

    problem = the_problem(tmp_path)

    assert (problem.rule, problem.file) == ("model-file-missing", f"{model}/{file}")
    assert "default_model_filename" in problem.fix


@pytest.mark.parametrize(("model", "file"), FILES.items())
def test_an_empty_model_file_is_told(tmp_path: Path, model: str, file: str) -> None:
    (copy_models(tmp_path, model) / model / file).write_bytes(b"")

    assert {
        (problem.rule, problem.file, problem.message) for problem in lint(tmp_path).problems
    } >= {("model-file-damaged", f"{model}/{file}", "the file is empty")}


def test_a_model_file_may_have_another_name(tmp_path: Path) -> None:
    copy_models(tmp_path, "digits")
    (tmp_path / "digits" / "1" / "model.onnx").rename(tmp_path / "digits" / "1" / "net.onnx")
    edit_config(tmp_path, "digits", "backend:", 'default_model_filename: "net.onnx" backend:')

    assert lint(tmp_path).problems == ()


@given(cut=st.integers(0, len(ONNX) - 1))
def test_an_onnx_file_cut_anywhere_is_refused(cut: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        repository = copy_models(Path(directory), "digits")
        (repository / "digits" / "1" / "model.onnx").write_bytes(ONNX[:cut])

        first = lint(repository).problems[0]

    assert (first.rule, first.file) == ("model-file-damaged", "digits/1/model.onnx")
    assert first.fix == "Export or copy the file again"


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_torchscript_file_that_is_cut_is_refused(tmp_path: Path, kept: float) -> None:
    file = copy_models(tmp_path, "digits_torch") / "digits_torch" / "1" / "model.pt"
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * kept)])

    problem = the_problem(tmp_path)

    assert problem.rule == "model-file-damaged"
    assert "not a whole TorchScript archive" in problem.message


@pytest.mark.parametrize("damage", ["zeros inside", "head lost"])
def test_a_torchscript_file_that_is_damaged_inside_is_refused(tmp_path: Path, damage: str) -> None:
    file = copy_models(tmp_path, "digits_torch") / "digits_torch" / "1" / "model.pt"
    content = file.read_bytes()
    head = b"" if damage == "head lost" else content[:1000] + bytes(49000)
    file.write_bytes(head + content[50000:])

    assert list(lint(tmp_path).refused) == ["digits_torch"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"class TritonPythonModel\n", "expected ':' (model.py, line 1)"),
        (b"x = 1\n\0", "null bytes"),
        (b"# -*- coding: nonsense -*-\n", "unknown encoding"),
        (b"x = '\xff'\n", "(unicode error)"),
    ],
    ids=["syntax", "null byte", "encoding", "not UTF-8"],
)
def test_a_python_model_that_is_no_python_is_refused(
    tmp_path: Path, source: bytes, message: str
) -> None:
    copy_models(tmp_path, "digits_preprocess")
    (tmp_path / "digits_preprocess" / "1" / "model.py").write_bytes(source)

    problem = the_problem(tmp_path)

    assert problem.rule == "model-file-damaged"
    assert message in problem.message


def test_every_backend_but_python_is_accelerated() -> None:
    assert [name for name, backend in BACKENDS.items() if not backend.accelerated] == ["python"]


@pytest.mark.filterwarnings(ESCAPES)
@given(st.binary(max_size=200))
def test_no_bytes_as_configuration_make_the_linter_raise(content: bytes) -> None:
    assert with_config(content)


@pytest.mark.filterwarnings(ESCAPES)
@given(st.text(max_size=200))
def test_no_text_as_configuration_makes_the_linter_raise(text: str) -> None:
    assert with_config(text.encode())


@pytest.mark.filterwarnings(ESCAPES)
@settings(max_examples=300)
@given(
    st.integers(0, len(CONFIG)), st.integers(0, 30), st.text('abz_{}[]<>:,"\\-019 \n', max_size=8)
)
def test_no_slip_of_the_pen_makes_the_linter_raise(start: int, length: int, new: str) -> None:
    with_config((CONFIG[:start] + new + CONFIG[start + length :]).encode())


LONG = "a" * 5000  # more than a path may have


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("TYPE_FP32", "99", id="data type without a name"),
        pytest.param("labels.txt", LONG, id="long label file name"),
        pytest.param("backend:", f'default_model_filename: "{LONG}" backend:', id="long file name"),
        pytest.param("random_data: true", f'input_data_file: "{LONG}"', id="long warm-up name"),
    ],
)
def test_nothing_in_a_configuration_makes_the_linter_raise(old: str, new: str) -> None:
    assert with_config(CONFIG.replace(old, new, 1).encode())


@pytest.mark.parametrize("source", ["x = " + "a.b" * 9999, "x = " + "-" * 99999 + "1"])
def test_python_nested_too_deeply_is_refused(tmp_path: Path, source: str) -> None:
    copy_models(tmp_path, "digits_preprocess")
    (tmp_path / "digits_preprocess" / "1" / "model.py").write_text(source)

    assert list(lint(tmp_path).refused) == ["digits_preprocess"]


def test_a_graph_with_a_name_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    copy_models(tmp_path, "digits")
    (tmp_path / "digits" / "1" / "model.onnx").write_bytes(
        ONNX.replace(b"\x05score", b"\x05s\xffore")
    )

    assert list(lint(tmp_path).refused) == ["digits"]
