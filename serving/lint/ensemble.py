"""Rules about ensembles: every step exists and every tensor has a source and fits."""

from collections.abc import Iterator, Mapping
from typing import Any

from serving.problem import Problem
from serving.repository import ENSEMBLE, Model, Repository, data_type_name


def steps_exist(model: Model, repository: Repository) -> Iterator[Problem]:
    """An ensemble calls models of the same repository, and not itself."""
    if model.backend != ENSEMBLE:
        return
    if not model.steps:
        yield _problem(model, "ensemble_scheduling", "there is no step", "Add the first step")
    unread = {problem.model for problem in repository.problems}
    for index, name in enumerate(model.steps):
        if name == model.name:
            yield _problem(model, _step(index, name), "calls itself", "Name another model")
        elif name not in repository.models and name not in unread:
            models = sorted(set(repository.models) - {model.name})
            yield _problem(
                model,
                _step(index, name),
                f"there is no model {name!r}; there are {', '.join(models) or 'none'}",
                "Name a model of this repository",
            )
        elif model.name in _reachable(name, repository):
            yield _problem(
                model,
                _step(index, name),
                "leads back to this ensemble, so a request would never end",
                "Break the circle",
            )
    for index, step in enumerate(model.config.ensemble_scheduling.step):
        called = repository.models.get(step.model_name)
        if called and step.model_version > 0 and step.model_version not in called.served_versions:
            yield _problem(
                model,
                f"{_step(index, step.model_name)} model_version",
                f"version {step.model_version} is not served; there are "
                f"{list(called.served_versions)}",
                "Write model_version: -1 for the newest, or a version that is served",
            )


def tensors_connect(model: Model, repository: Repository) -> Iterator[Problem]:
    """Each step's tensors exist in its model, have a source, and keep their type."""
    if model.backend != ENSEMBLE:
        return
    config = model.config
    known = {tensor.name: tensor for tensor in config.input}
    produced = {
        outer: inner
        for step in config.ensemble_scheduling.step
        for outer, inner in _results(step, repository)
    }
    for index, step in enumerate(config.ensemble_scheduling.step):
        called = repository.models.get(step.model_name)
        if called is None:
            continue
        where = _step(index, step.model_name)
        inputs = {tensor.name: tensor for tensor in called.config.input}
        outputs = {tensor.name for tensor in called.config.output}
        for name in sorted(set(inputs) - set(step.input_map)):
            yield _problem(
                model, where, f"does not feed input {name!r}", "Add it to the step's input_map"
            )
        for name, outer in step.input_map.items():
            source = known.get(outer, produced.get(outer))
            if name not in inputs:
                yield _no_tensor(model, where, "input", name, sorted(inputs))
            elif source is None:
                yield _problem(
                    model,
                    f"{where} input_map {name!r}",
                    f"no input of the ensemble and no step gives {outer!r}",
                    f"Use one of {', '.join(sorted({*known, *produced}))}",
                )
            else:
                yield from _types_match(model, f"{where} input_map {name!r}", inputs[name], source)
        for name in step.output_map:
            if name not in outputs:
                yield _no_tensor(model, where, "output", name, sorted(outputs))
        if 0 < called.config.max_batch_size < config.max_batch_size:
            yield _problem(
                model,
                "max_batch_size",
                f"{config.max_batch_size} is above {called.config.max_batch_size} of the step "
                f"{step.model_name!r}",
                f"Write max_batch_size: {called.config.max_batch_size} or less",
            )
    for output in config.output:
        if output.name not in produced:
            yield _problem(
                model,
                f"output {output.name!r}",
                f"no step gives it; the steps give {', '.join(sorted(produced)) or 'nothing'}",
                "Map a step's output to it",
            )
        elif (source := produced[output.name]) is not None:
            yield from _types_match(model, f"output {output.name!r}", output, source)


def broken_by_steps(
    repository: Repository, refused: Mapping[str, Problem]
) -> Iterator[tuple[str, Problem]]:
    """Ensembles, not refused yet, that call a refused model."""
    for model in repository.models.values():
        culprits = [step for step in model.steps if step in refused]
        if model.name not in refused and culprits:
            yield (
                model.name,
                _problem(
                    model,
                    _step(model.steps.index(culprits[0]), culprits[0]),
                    f"calls {culprits[0]!r}, which is refused itself",
                    "Mend that model first",
                ),
            )


def _reachable(name: str, repository: Repository) -> set[str]:
    """Every model that a call of ``name`` ends up calling."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        model = repository.models.get(waiting.pop())
        new = set(model.steps) - found if model else set()
        found |= new
        waiting.extend(new)
    return found


def _results(step: Any, repository: Repository) -> Iterator[tuple[str, Any]]:
    called = repository.models.get(step.model_name)
    outputs = {tensor.name: tensor for tensor in called.config.output} if called else {}
    for inner, outer in step.output_map.items():
        yield outer, outputs.get(inner)


def _types_match(model: Model, field: str, wanted: Any, source: Any) -> Iterator[Problem]:
    if wanted.data_type != source.data_type:
        yield _problem(
            model,
            field,
            f"wants {data_type_name(wanted.data_type)}, "
            f"gets {data_type_name(source.data_type)} from {source.name!r}",
            "Connect tensors of one type",
        )
    elif len(wanted.dims) != len(source.dims) or any(
        mine != theirs and -1 not in (mine, theirs)
        for mine, theirs in zip(wanted.dims, source.dims, strict=True)
    ):
        yield _problem(
            model,
            field,
            f"wants dims {list(wanted.dims)}, gets {list(source.dims)} from {source.name!r}",
            "Connect tensors of one shape",
        )


def _no_tensor(model: Model, where: str, kind: str, name: str, there: list[str]) -> Problem:
    return _problem(
        model,
        f"{where} {kind}_map {name!r}",
        f"the model has no such {kind}; it has {', '.join(there) or 'none'}",
        "Use a name of the step's model (key: its own name, value: the ensemble's)",
    )


def _step(index: int, name: str) -> str:
    return f"ensemble_scheduling step {index + 1} ({name})"


def _problem(model: Model, field: str, message: str, fix: str) -> Problem:
    return model.problem(
        "ensemble",
        field=field,
        message=message,
        fix=fix,
    )
