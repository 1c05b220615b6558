"""``tritonctl models``: what is in the repository, and what is wrong with it."""

from dataclasses import asdict

import typer
from rich.table import Table

from cli.console import FAILED, err, escape, out, print_json
from cli.options import Json, Repository
from local.state import MODEL_REPOSITORY
from serving.lint.linter import lint
from serving.problem import Severity
from serving.repository import ENSEMBLE, read_repository

app = typer.Typer(help="The model repository: list it, check it.", no_args_is_help=True)

_SEVERITY_STYLE = {Severity.BROKEN: "red", Severity.UNSAFE: "yellow", Severity.ADVICE: "cyan"}


@app.command("list")
def list_models(repository: Repository = MODEL_REPOSITORY, as_json: Json = False) -> None:
    """List the models of a repository, read from their files; nothing needs to run."""
    read = read_repository(repository)
    rows = [
        {
            "name": model.name,
            "backend": model.backend,
            "versions": list(model.served_versions),
            "max_batch_size": model.config.max_batch_size,
            "instances": model.instance_count,
            "calls": list(model.steps),
        }
        for model in read.models.values()
    ]
    if as_json:
        print_json(rows)
    else:
        table = Table("model", "backend", "versions", "max batch", "instances", "calls", box=None)
        table.columns[0].no_wrap = True
        for row in rows:
            ensemble = row["backend"] == ENSEMBLE
            table.add_row(
                escape(row["name"]),
                escape(row["backend"]),
                ", ".join(map(str, row["versions"])),
                str(row["max_batch_size"]),
                "" if ensemble else str(row["instances"]),
                " → ".join(row["calls"]),
            )
        out.print(table)
    for problem in read.problems:
        err.print(f"[red]unreadable:[/] {escape(problem)}", highlight=False, soft_wrap=True)
    if read.problems:
        raise typer.Exit(FAILED)


@app.command("lint")
def lint_models(repository: Repository = MODEL_REPOSITORY, as_json: Json = False) -> None:
    """Check a repository without starting anything.

    `broken`: the model would not load. `unsafe`: it loads, but is refused before production.
    `advice`: changes nothing. Exit status 1 when anything is broken or unsafe.
    """
    report = lint(repository)
    if as_json:
        print_json([asdict(problem) for problem in report.problems])
    else:
        for problem in report.problems:
            style = _SEVERITY_STYLE[problem.severity]
            out.print(
                f"[{style}]{problem.severity}[/] {escape(problem)}",
                highlight=False,
                soft_wrap=True,
            )
        models = len(report.repository.models)
        problems = len(report.problems)
        out.print(
            f"{models} model{'' if models == 1 else 's'}, "
            f"{problems} problem{'' if problems == 1 else 's'}",
            highlight=False,
        )
    if not report.ready_for_production:
        raise typer.Exit(FAILED)
