"""``tritonctl changes``: what a deployment would change, for those who review it."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.console import FAILED, escape, mistakes_explained, out, print_json
from cli.options import Json
from operations.changes.comparison import Changes, compare
from operations.changes.markdown import to_markdown
from operations.changes.report import Section, sections, verdict

_DIFF_STYLE = {"+": "green", "-": "red", "@": "cyan"}


def changes(
    old: Annotated[Path, typer.Argument(help="Cloud assembly that is deployed.")],
    new: Annotated[Path, typer.Argument(help="Cloud assembly that would be.")],
    allow: Annotated[
        list[str] | None,
        typer.Option(
            "--allow",
            metavar="ID",
            help="Logical id of a loss that is meant, or STACK/ID; as often as needed.",
        ),
    ] = None,
    as_json: Json = False,
    as_markdown: Annotated[
        bool, typer.Option("--markdown", help="Print Markdown for a pull request.")
    ] = False,
) -> None:
    """Tell what deploying one cloud assembly over another would change, offline.

    Both are directories that `cdk synth --output` wrote. Exit status 1 when something that
    holds data, or that the platform stands on, would be replaced or removed without --allow.

    Example: `tritonctl changes cdk.out/main cdk.out/branch --allow Models7F217E31`
    """
    if as_json and as_markdown:
        raise typer.BadParameter("--json and --markdown exclude each other")
    with mistakes_explained():
        found = compare(old, new, allow or ())
    if as_json:
        print_json({"nothing": found.nothing, "refused": bool(found.refused)} | asdict(found))
    elif as_markdown:
        typer.echo(to_markdown(found), nl=False)
    else:
        _print(found)
    if found.refused:
        raise typer.Exit(FAILED)


def _print(found: Changes) -> None:
    for section in sections(found):
        _print_section(section)
    style = "red" if found.refused else "green"
    out.print(f"[{style}]{escape(verdict(found))}[/]", highlight=False, soft_wrap=True)


def _print_section(section: Section) -> None:
    style = "bold red" if section.danger else "bold"
    out.print(Text(section.title, style=style), soft_wrap=True)
    for line in section.lines:
        out.print(Text(f"  {line}"), soft_wrap=True)
    for diff in section.diffs:
        out.print(Text(f"\n  {diff.name}", style="bold"), soft_wrap=True)
        for line in diff.text.splitlines():
            out.print(Text(f"    {line}", style=_DIFF_STYLE.get(line[:1], "")), soft_wrap=True)
    out.print()
