"""The linter on names, versions, backends and files: one thing broken, one problem told."""

from pathlib import Path

import pytest

from serving.lint.linter import lint
from serving.problem import Severity
from tests.support.model_copies import SHIPPED, copy_models, edit_config, the_problem


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    """A repository that holds a copy of ``digits`` only."""
    return copy_models(tmp_path, "digits")


@pytest.fixture
def preprocess(tmp_path: Path) -> Path:
    """A repository that holds a copy of ``digits_preprocess``, a Python model, only."""
    return copy_models(tmp_path, "digits_preprocess")


def test_the_shipped_repository_has_no_problem_at_all() -> None:
    report = lint(SHIPPED)

    assert report.problems == ()
    assert len(report.loadable) == 8


def test_an_empty_repository_is_told(tmp_path: Path) -> None:
    problem = the_problem(tmp_path)

    assert (problem.rule, problem.model, problem.file) == ("repository-empty", "", str(tmp_path))
    assert not lint(tmp_path).ready_for_production


def test_a_repository_that_is_not_there_is_told(tmp_path: Path) -> None:
    problem = the_problem(tmp_path / "none")

    assert (problem.rule, problem.file) == ("repository-missing", str(tmp_path / "none"))


def test_a_file_is_no_repository(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("")

    assert the_problem(tmp_path / "models").rule == "repository-missing"


def test_hidden_directories_caches_and_stray_files_are_no_models(digits: Path) -> None:
    (digits / ".git").mkdir()
    (digits / "__pycache__").mkdir()
    (digits / "README.md").write_text("not a model")

    report = lint(digits)

    assert report.problems == ()
    assert list(report.loadable) == ["digits"]


def test_a_model_directory_may_be_a_link(tmp_path: Path) -> None:
    copy_models(tmp_path / "elsewhere", "digits")
    repository = tmp_path / "models"
    repository.mkdir()
    (repository / "digits").symlink_to(tmp_path / "elsewhere" / "digits")

    assert list(lint(repository).loadable) == ["digits"]


def test_a_directory_without_configuration_is_told(digits: Path) -> None:
    (digits / "draft").mkdir()

    problem = the_problem(digits)

    assert (problem.rule, problem.file) == ("config-missing", "draft/config.pbtxt")
    assert "Write one" in problem.fix


def test_a_mistake_of_syntax_is_told_with_its_line(digits: Path) -> None:
    edit_config(digits, "digits", "max_batch_size", "max_batch")

    problem = the_problem(digits)

    assert (problem.rule, problem.field) == ("config-syntax", "line 4, column 1")
    assert 'no field named "max_batch"' in problem.message


def test_a_configuration_that_is_not_utf8_is_told(digits: Path) -> None:
    (digits / "digits" / "config.pbtxt").write_bytes(b'name: "\xff"')

    problem = the_problem(digits)

    assert (problem.rule, problem.file) == ("config-syntax", "digits/config.pbtxt")
    assert "0xff in position 7" in problem.message


def test_a_configuration_that_is_a_directory_is_told(digits: Path) -> None:
    (digits / "digits" / "config.pbtxt").unlink()
    (digits / "digits" / "config.pbtxt").mkdir()

    problem = the_problem(digits)

    assert (problem.rule, problem.model) == ("config-syntax", "digits")
    assert "no regular file" in problem.message


def test_an_empty_configuration_lacks_backend_inputs_and_outputs(digits: Path) -> None:
    (digits / "digits" / "config.pbtxt").write_text("")

    broken = [p for p in lint(digits).problems if p.severity is Severity.BROKEN]

    assert [problem.field for problem in broken] == ["backend", "input", "output"]


@pytest.mark.parametrize(
    ("backend", "message"),
    [
        ('backend: "onnx"', "unknown backend 'onnx'; allowed: onnxruntime, pytorch, tensorrt"),
        ('platform: "onnx"', "unknown backend 'onnx'; allowed:"),
        ("", "no backend is given; allowed: onnxruntime"),
    ],
)
def test_a_backend_that_nobody_has_is_told(digits: Path, backend: str, message: str) -> None:
    edit_config(digits, "digits", 'backend: "onnxruntime"', backend)

    problem = the_problem(digits)

    assert (problem.rule, problem.field) == ("backend-unknown", "backend")
    assert message in problem.message


def test_the_older_name_of_a_backend_is_accepted(digits: Path) -> None:
    edit_config(digits, "digits", 'backend: "onnxruntime"', 'platform: "onnxruntime_onnx"')

    report = lint(digits)

    assert report.problems == ()
    assert report.loadable["digits"].backend == "onnxruntime"


def test_a_name_that_differs_from_the_directory_is_told(digits: Path) -> None:
    edit_config(digits, "digits", 'name: "digits"', 'name: "numbers"')

    problem = the_problem(digits)

    assert (problem.rule, problem.file, problem.field) == (
        "name-mismatch",
        "digits/config.pbtxt",
        "name",
    )
    assert problem.fix == 'Write name: "digits" or rename the directory'


def test_a_name_may_be_left_out(digits: Path) -> None:
    edit_config(digits, "digits", 'name: "digits"\n', "")

    assert lint(digits).problems == ()


@pytest.mark.parametrize("name", ["one", "0", "v1", "1.0", "-1", "\u0661"])
def test_a_model_without_a_numbered_directory_is_told(digits: Path, name: str) -> None:
    (digits / "digits" / "1").rename(digits / "digits" / name)

    problem = the_problem(digits)

    assert (problem.rule, problem.file) == ("version-missing", "digits/")
    assert problem.fix == "Put the model file into digits/1/"


def test_a_policy_that_names_absent_versions_only_is_told(digits: Path) -> None:
    edit_config(digits, "digits", "latest { num_versions: 1 }", "specific { versions: [ 4, 5 ] }")

    problem = the_problem(digits)

    assert (problem.rule, problem.field) == ("version-not-served", "version_policy")
    assert problem.message == "asks for versions [4, 5], there are [1]"


@pytest.mark.parametrize(
    ("policy", "served"),
    [
        ("latest { num_versions: 1 }", (10,)),
        ("latest { num_versions: 2 }", (2, 10)),
        ("all { }", (1, 2, 10)),
        ("specific { versions: [ 10, 1 ] }", (1, 10)),
    ],
)
def test_the_policy_selects_versions_by_number(
    digits: Path, policy: str, served: tuple[int, ...]
) -> None:
    (digits / "digits" / "2").symlink_to("1")
    (digits / "digits" / "10").symlink_to("1")
    edit_config(digits, "digits", "latest { num_versions: 1 }", policy)

    assert lint(digits).loadable["digits"].served_versions == served


def test_only_served_versions_need_a_model_file(digits: Path) -> None:
    (digits / "digits" / "1").rename(digits / "digits" / "2")
    (digits / "digits" / "1").mkdir()

    assert lint(digits).problems == ()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "there is no file 'labels.txt' in digits/"),
        ("zero\none\n", "labels.txt has 2 labels for 10 classes"),
        ("", "labels.txt has 0 labels for 10 classes"),
    ],
    ids=["missing", "too few", "empty"],
)
def test_labels_that_do_not_fit_are_told(digits: Path, content: str | None, message: str) -> None:
    labels = digits / "digits" / "labels.txt"
    labels.unlink() if content is None else labels.write_text(content)

    problem = the_problem(digits)

    assert (problem.rule, problem.field) == ("labels", "output 'probabilities' label_filename")
    assert problem.message == message


def test_a_warm_up_file_that_is_missing_is_told_for_each_sample(preprocess: Path) -> None:
    (preprocess / "digits_preprocess" / "warmup" / "seven.raw").unlink()

    problems = lint(preprocess).problems

    assert {problem.rule for problem in problems} == {"warm-up"}
    assert [p.field for p in problems] == ["model_warmup 'one'", "model_warmup 'full batch'"]
    assert "warmup/seven.raw, which is not there" in problems[0].message


def test_a_warm_up_of_an_unknown_input_is_told(preprocess: Path) -> None:
    edit_config(preprocess, "digits_preprocess", 'key: "png"', 'key: "jpg"')

    problems = lint(preprocess).problems

    assert [problem.message for problem in problems] == [
        "the sample feeds 'jpg', which is no input of the model",
        "the sample does not feed input 'png'",
    ]
