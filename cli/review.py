"""``tritonctl review``: what a pull request would change, in every environment at once."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import FAILED, escape, mistakes_explained, out
from operations.review import allowed_ids, write_report
from operations.review import review as compare_all


def review(
    base: Annotated[Path, typer.Argument(help="Directory with an assembly an environment, as is.")],
    head: Annotated[Path, typer.Argument(help="The same, as it would be.")],
    event: Annotated[
        Path | None,
        typer.Option(help="GitHub's file about the pull request, whose labels allow losses."),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Directory for report.md, a comment on the pull request, and all details."
        ),
    ] = None,
) -> None:
    """Compare the assemblies of every environment, offline, and write the comment about them.

    Exit status 1 when something that holds data would be lost and no label
    allow-replacement:LOGICAL_ID says that it is meant.

    Example: `tritonctl review ../main/cdk.out cdk.out --report cdk.out/report`
    """
    with mistakes_explained():
        found = compare_all(base, head, allowed_ids(event) if event else ())
        if report:
            write_report(found, report)
    for one in found.environments:
        out.print(
            f"[bold]{escape(one.name)}[/]: {escape(one.verdict)}", highlight=False, soft_wrap=True
        )
    if found.refused:
        raise typer.Exit(FAILED)
