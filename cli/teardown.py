"""``tritonctl teardown``: deletes an environment in an order that leaves nothing behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.status import Status
from rich.text import Text

from cli.console import FAILED, err, escape, mistakes_explained, out, print_json
from cli.options import Environment, Json, Profile
from config import Settings, load_settings
from config.prices import load_prices
from operations.aws.account import Account
from operations.aws.session import open_session
from operations.teardown.execution import tear_down
from operations.teardown.kubectl import Kubectl
from operations.teardown.leftovers import Leftovers, find_leftovers
from operations.teardown.patience import Patience
from operations.teardown.plan import Plan, make_plan
from operations.teardown.report import (
    Section,
    leftover_sections,
    leftover_verdict,
    plan_sections,
    plan_verdict,
)
from operations.teardown.target import Target

_INTERRUPTED = 130  # what a shell reports after Ctrl-C


def teardown(
    environment: Environment,
    only_plan: Annotated[
        bool, typer.Option("--plan", help="Show what would happen; change nothing.")
    ] = False,
    only_leftovers: Annotated[
        bool, typer.Option("--leftovers", help="Only list what an earlier teardown left.")
    ] = False,
    confirm: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The environment's name, instead of typing it."),
    ] = None,
    skip_kubernetes: Annotated[
        bool, typer.Option("--skip-kubernetes", help="Leave out the steps on the cluster.")
    ] = False,
    kubeconfig: Annotated[Path | None, typer.Option(help="kubectl's file.")] = None,
    context: Annotated[str | None, typer.Option(help="kubectl's context.")] = None,
    wait_minutes: Annotated[
        float, typer.Option(min=0, help="How long to wait for Kubernetes to clean up.")
    ] = 15,
    profile: Profile = None,
    as_json: Json = False,
) -> None:
    """Delete an environment on AWS: load balancers, custom resources, stacks; then list leftovers.

    Data that the settings retain stays, and is listed with its monthly cost. A run that was
    interrupted or failed is simply repeated. Exit status 1 when something is in the way, or
    when something unexpected is left.

    Example: `tritonctl teardown -e dev --plan`
    """
    if only_plan and only_leftovers:
        raise typer.BadParameter("--plan and --leftovers exclude each other")
    if as_json and confirm is None and not (only_plan or only_leftovers):
        raise typer.BadParameter("--json is for programs, which nobody can ask: add --confirm NAME")
    with mistakes_explained(), _interruption_explained(environment, profile):
        settings = load_settings(environment)
        target = Target(environment=settings.name, region=settings.region)
        account = Account(
            open_session(profile, patient=True), region=settings.region, profile=profile
        )
        _refuse_unless(confirm in {None, settings.name}, confirm or "", settings)
        account.must_be(settings.account, settings.name)
        if only_leftovers:
            _finish({}, _search(account, target), as_json)
            return
        kubectl = Kubectl(kubeconfig=kubeconfig, context=context)
        with err.status(f"asking AWS about {target.environment} in {target.region}"):
            plan = make_plan(
                account,
                target,
                settings,
                load_prices(),
                kubectl,
                skip_kubernetes=skip_kubernetes,
            )
        if only_plan:
            _show_plan(plan, as_json)
            if not plan.possible:
                raise typer.Exit(FAILED)
            return
        deleted: tuple[str, ...] = ()
        if plan.stacks or plan.cluster:
            if plan.possible and confirm is None:
                _show_plan(plan, as_json=False)
                typed = typer.prompt(f"Type {settings.name} to delete all that", err=True)
                _refuse_unless(typed == settings.name, typed, settings)
            patience = Patience(kubernetes_seconds=wait_minutes * 60)
            with err.status("deleting") as status:
                deleted = tear_down(
                    plan, account, kubectl, patience=patience, progress=_Spinner(status)
                )
        _finish({"deleted": deleted}, _search(account, target), as_json)


class _Spinner:
    """Progress on stderr: what is waited for spins, what is done stays."""

    def __init__(self, status: Status) -> None:
        self._status = status

    def waiting(self, text: str) -> None:
        """Replace the spinner's text."""
        self._status.update(escape(text))

    def done(self, text: str) -> None:
        """Print a line above the spinner."""
        err.print(f"[cyan]·[/] {escape(text)}", highlight=False, soft_wrap=True)


@contextmanager
def _interruption_explained(environment: str, profile: str | None) -> Iterator[None]:
    again = f"tritonctl teardown -e {environment}{f' --profile {profile}' if profile else ''}"
    try:
        yield
    except KeyboardInterrupt:
        err.print(
            "[yellow]interrupted:[/] what AWS has begun goes on by itself. Nothing is lost: "
            f"`{escape(again)}` goes on with what still exists, "
            "`--plan` shows that.",
            highlight=False,
            soft_wrap=True,
        )
        raise typer.Exit(_INTERRUPTED) from None


def _refuse_unless(right: bool, typed: str, settings: Settings) -> None:
    if not right:
        err.print(
            f"[red]error:[/] {escape(repr(typed))} is not {settings.name!r}, the name of the "
            "environment: nothing was changed",
            highlight=False,
            soft_wrap=True,
        )
        raise typer.Exit(FAILED)


def _search(account: Account, target: Target) -> Leftovers:
    with err.status("looking for leftovers") as status:
        return find_leftovers(
            account,
            target,
            load_prices(),
            looking=lambda kind: status.update(f"looking for leftovers: {kind}"),
        )


def _show_plan(plan: Plan, as_json: bool) -> None:
    if as_json:
        print_json(_plan_json(plan))
        return
    _print(plan_sections(plan), plan_verdict(plan), plan.possible)


def _finish(result: dict[str, Any], found: Leftovers, as_json: bool) -> None:
    if as_json:
        print_json(result | {"clean": found.clean} | asdict(found))
    else:
        _print(leftover_sections(found), leftover_verdict(found), found.clean)
    if not found.clean:
        raise typer.Exit(FAILED)


def _print(sections: list[Section], verdict: str, well: bool) -> None:
    for section in sections:
        style = "bold red" if section.grave else "bold"
        out.print(Text(section.title, style=style), soft_wrap=True)
        for line in section.lines:
            out.print(Text(f"  {line}"), soft_wrap=True)
        out.print()
    out.print(Text(verdict, style="green" if well else "red"), soft_wrap=True)


def _plan_json(plan: Plan) -> dict[str, Any]:
    whole = asdict(plan)
    if plan.cluster:
        del whole["cluster"]["certificate_authority"]
    # Hundreds of resources are CloudFormation's to list; their number is enough here.
    stacks = [
        {
            "noun": stack.noun,
            "name": stack.name,
            "status": stack.status,
            "resources": len(stack.resources),
            "charts": stack.charts,
        }
        for stack in plan.stacks
    ]
    return whole | {"stacks": stacks, "possible": plan.possible, "monthly_usd": plan.monthly_usd}
