"""All the rules over one repository, and what of it may be served."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from serving.lint import ensemble, files, production, tensors, warm_up
from serving.problem import Problem, Severity
from serving.repository import Model, Repository, read_repository

Rule = Callable[[Model, Repository], Iterable[Problem]]

RULES: tuple[Rule, ...] = (
    files.name_matches_the_directory,
    files.name_can_be_asked_for,
    files.backend_is_known,
    files.backend_and_platform_agree,
    files.versions_exist,
    files.model_files_are_whole,
    files.label_files_fit,
    warm_up.warm_up_fits,
    tensors.batching_is_consistent,
    tensors.onnx_graph_agrees,
    tensors.torch_names_are_numbered,
    ensemble.steps_exist,
    ensemble.tensors_connect,
    production.instance_groups_make_sense,
    production.never_falls_back_to_cpu,
    production.queue_is_bounded,
    production.queue_does_not_stall,
    warm_up.is_warmed_up,
)


@dataclass(frozen=True, kw_only=True)
class LintReport:
    """What the linter found.

    Attributes:
        repository: What was read.
        problems: By model, worst first.
    """

    repository: Repository
    problems: tuple[Problem, ...]

    @property
    def refused(self) -> dict[str, Problem]:
        """Models that would not load, each with its first reason.

        An ensemble is refused with the models it is made of.
        """
        refused = {
            problem.model: problem
            for problem in reversed(self.problems)
            if problem.severity is Severity.BROKEN and problem.model
        }
        while found := dict(ensemble.broken_by_steps(self.repository, refused)):
            refused |= found
        return refused

    @property
    def loadable(self) -> dict[str, Model]:
        """The models that may be served on this machine."""
        refused = self.refused
        return {
            name: model for name, model in self.repository.models.items() if name not in refused
        }

    @property
    def ready_for_production(self) -> bool:
        """No problem but advice."""
        return all(problem.severity is Severity.ADVICE for problem in self.problems)


def lint(path: Path) -> LintReport:
    """Check a repository without starting anything; never raises for what is inside it."""
    repository = read_repository(path)
    order = list(Severity)
    problems = sorted(
        _problems(repository),
        key=lambda problem: (problem.model, order.index(problem.severity)),
    )
    return LintReport(repository=repository, problems=tuple(problems))


def _problems(repository: Repository) -> Iterator[Problem]:
    yield from repository.problems
    for model in repository.models.values():
        for rule in RULES:
            yield from rule(model, repository)
