"""The linter on ensembles: their steps, their tensors, and what they share with their models."""

from pathlib import Path

import pytest

from serving.lint.linter import lint
from serving.problem import Problem, Severity
from tests.support.model_copies import copy_models, edit_config, read_config, write_config

PIPELINE = "digits_pipeline"
MODELS = ("digits", "digits_preprocess", PIPELINE)
STEP_1 = "ensemble_scheduling step 1 (digits_preprocess)"
STEP_2 = "ensemble_scheduling step 2 (digits)"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Copies of the digits pipeline and of its two steps."""
    return copy_models(tmp_path, *MODELS)


def problems(repository: Path) -> dict[str, Problem]:
    """What is wrong with the pipeline, by field; nothing is wrong with its steps."""
    found = lint(repository).problems
    assert {(problem.model, problem.rule) for problem in found} == {(PIPELINE, "ensemble")}
    assert {problem.severity for problem in found} == {Severity.BROKEN}
    assert all(problem.file == f"{PIPELINE}/config.pbtxt" and problem.fix for problem in found)
    return {problem.field: problem for problem in found}


def write_chain(repository: Path, name: str, step: str, *, max_batch_size: int = 4) -> None:
    """An ensemble ``name`` that hands its one tensor to ``step``, in its own shape."""
    (repository / name / "1").mkdir(parents=True)
    (repository / name / "config.pbtxt").write_text(
        f'platform: "ensemble" max_batch_size: {max_batch_size}'
        ' input [ { name: "x" data_type: TYPE_FP32 dims: [ 1 ] } ]'
        ' output [ { name: "y" data_type: TYPE_FP32 dims: [ 1 ] } ]'
        f' ensemble_scheduling {{ step [ {{ model_name: "{step}" model_version: -1'
        ' input_map { key: "x" value: "x" } output_map { key: "y" value: "y" } } ] }',
        encoding="utf-8",
    )


def test_a_step_that_is_no_model_is_told_with_the_models(repository: Path) -> None:
    edit_config(repository, PIPELINE, 'model_name: "digits"', 'model_name: "numbers"')

    problem = problems(repository)["ensemble_scheduling step 2 (numbers)"]

    assert problem.message == "there is no model 'numbers'; there are digits, digits_preprocess"


def test_an_ensemble_does_not_call_itself(repository: Path) -> None:
    edit_config(repository, PIPELINE, 'model_name: "digits"', f'model_name: "{PIPELINE}"')

    messages = [problem.message for problem in lint(repository).problems]

    assert "calls itself" in messages


def test_an_ensemble_has_steps(repository: Path) -> None:
    config = read_config(repository / PIPELINE)
    del config.ensemble_scheduling.step[:]
    write_config(repository / PIPELINE, config)

    assert problems(repository)["ensemble_scheduling"].message == "there is no step"


@pytest.mark.parametrize(("kind", "tensor"), [("input", "image"), ("output", "score")])
def test_a_tensor_that_the_step_does_not_have_is_told(
    repository: Path, kind: str, tensor: str
) -> None:
    step = read_config(repository / PIPELINE)
    tensors = getattr(step.ensemble_scheduling.step[1], f"{kind}_map")
    tensors["wrong"] = tensors.pop(tensor)
    write_config(repository / PIPELINE, step)

    problem = problems(repository)[f"{STEP_2} {kind}_map 'wrong'"]

    assert f"the model has no such {kind}; it has " in problem.message
    assert tensor in problem.message


def test_an_input_that_a_step_is_not_fed_is_told(repository: Path) -> None:
    config = read_config(repository / PIPELINE)
    config.ensemble_scheduling.step[1].input_map.clear()
    write_config(repository / PIPELINE, config)

    assert problems(repository)[STEP_2].message == "does not feed input 'image'"


def test_a_tensor_that_nobody_gives_is_told_with_those_given(repository: Path) -> None:
    edit_config(repository, PIPELINE, 'key: "png" value: "png"', 'key: "png" value: "jpg"')

    problem = problems(repository)[f"{STEP_1} input_map 'png'"]

    assert problem.message == "no input of the ensemble and no step gives 'jpg'"
    assert problem.fix == "Use one of class, image, png, score"


def test_an_output_that_no_step_gives_is_told(repository: Path) -> None:
    edit_config(repository, PIPELINE, 'value: "score"', 'value: "certainty"')

    problem = problems(repository)["output 'score'"]

    assert problem.message == "no step gives it; the steps give certainty, class, image"


def test_a_type_that_changes_on_the_way_is_told(repository: Path) -> None:
    edit_config(repository, PIPELINE, "TYPE_INT64", "TYPE_FP32")

    problem = problems(repository)["output 'class'"]

    assert problem.message == "wants TYPE_FP32, gets TYPE_INT64 from 'class'"


def test_a_shape_that_changes_on_the_way_is_told(repository: Path) -> None:
    config = read_config(repository / "digits_preprocess")
    config.output[0].dims[:] = [1, 16, 16]
    write_config(repository / "digits_preprocess", config)

    problem = problems(repository)[f"{STEP_2} input_map 'image'"]

    assert problem.message == "wants dims [1, 8, 8], gets [1, 16, 16] from 'image'"


def test_a_dimension_of_any_size_fits_every_size(repository: Path) -> None:
    config = read_config(repository / "digits_preprocess")
    config.output[0].dims[:] = [1, -1, -1]
    write_config(repository / "digits_preprocess", config)

    assert lint(repository).problems == ()


def test_an_ensemble_does_not_batch_more_than_its_steps(repository: Path) -> None:
    edit_config(repository, PIPELINE, "max_batch_size: 64", "max_batch_size: 65")

    problem = problems(repository)["max_batch_size"]

    assert problem.message.startswith("65 is above 64 of the step ")
    assert problem.fix == "Write max_batch_size: 64 or less"


def test_one_broken_model_leaves_the_others_loadable(repository: Path) -> None:
    copy_models(repository, "digits_torch")
    edit_config(repository, "digits_torch", 'name: "digits_torch"', 'name: "torch"')

    report = lint(repository)

    assert list(report.refused) == ["digits_torch"]
    assert set(report.loadable) == set(MODELS)


@pytest.mark.parametrize("config", ["{", 'name: "other"'], ids=["unreadable", "misnamed"])
def test_an_ensemble_is_refused_with_a_broken_step(repository: Path, config: str) -> None:
    (repository / "digits" / "config.pbtxt").write_text(config)

    report = lint(repository)

    assert set(report.refused) == {"digits", PIPELINE}
    assert list(report.loadable) == ["digits_preprocess"]


def test_an_ensemble_is_refused_with_the_reason_of_its_step(repository: Path) -> None:
    edit_config(repository, "digits", 'name: "digits"', 'name: "numbers"')

    reason = lint(repository).refused[PIPELINE]

    assert reason.field == STEP_2
    assert reason.message == "calls 'digits', which is refused itself"
    assert reason.fix == "Mend that model first"


def test_a_refusal_travels_through_ensembles_of_ensembles(tmp_path: Path) -> None:
    write_chain(tmp_path, "a", "b")
    write_chain(tmp_path, "b", "c")
    write_chain(tmp_path, "c", "none")

    assert set(lint(tmp_path).refused) == {"a", "b", "c"}


def test_two_ensembles_do_not_call_each_other(tmp_path: Path) -> None:
    write_chain(tmp_path, "a", "b")
    write_chain(tmp_path, "b", "a")

    assert set(lint(tmp_path).refused) == {"a", "b"}


def test_a_step_names_a_version_that_is_served(repository: Path) -> None:
    edit_config(repository, PIPELINE, "model_version: -1", "model_version: 7")

    assert list(lint(repository).refused) == [PIPELINE]


def test_a_type_without_a_name_does_not_make_the_linter_raise(repository: Path) -> None:
    edit_config(repository, PIPELINE, "TYPE_INT64", "99")

    assert list(lint(repository).refused) == [PIPELINE]
