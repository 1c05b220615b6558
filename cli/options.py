"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Environment = Annotated[
    str,
    typer.Option(
        "--environment", "-e", help="dev, staging, prod, or the path of a settings .toml file."
    ),
]
Repository = Annotated[
    Path, typer.Option("--repository", "-r", help="Model repository.", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
Profile = Annotated[
    str | None,
    typer.Option("--profile", help="AWS profile.", show_default="what AWS's own tools take"),
]
