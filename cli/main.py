"""``tritonctl``: parses, calls one function, prints."""

import subprocess
from contextlib import suppress
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer

from cli import models
from cli.changes import changes
from cli.console import FAILED, err, escape, mistakes_explained, out, print_json
from cli.doctor import doctor
from cli.options import Environment, Json, Repository
from cli.report import print_next, print_status, show_proof, status_json, unwrapped
from cli.review import review
from cli.smoke import smoke
from cli.teardown import teardown
from config import load_settings, load_versions
from local import platform
from local.process import LocalError
from local.state import MODEL_REPOSITORY, State
from local.status import Addresses, addresses
from local.status import status as read_status
from operations.bench import bench as run_bench
from operations.inference import Client, Protocol, encode

_HERE = "On this machine"

app = typer.Typer(
    help="The inference platform: on this machine with the real Triton, Envoy and Prometheus, "
    "and on AWS.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(models.app, name="models", rich_help_panel=_HERE)


class LogName(StrEnum):
    """The logs there are."""

    TRITON = "triton"
    GATEWAY = "gateway"
    GATEWAY_ACCESS = "gateway-access"
    PROMETHEUS = "prometheus"


@app.command(rich_help_panel=_HERE)
def up(
    environment: Environment = "dev",
    repository: Repository = MODEL_REPOSITORY,
    as_json: Json = False,
) -> None:
    """Start the platform and prove that it serves.

    What already runs unchanged is left alone; what died or changed is started anew. A broken
    model is left out and named, the others serve.
    """
    with mistakes_explained():
        settings, versions = load_settings(environment), load_versions()
        with err.status("starting"):
            status = platform.up(settings, versions, repository, announce=_announce)
        if not as_json:
            print_status(status)
        show_proof(status, repository, as_json)
        if as_json:
            print_json(status_json(status))
        else:
            print_next(status, environment)


@app.command(rich_help_panel=_HERE)
def down(environment: Environment = "dev") -> None:
    """Stop everything that `up` started."""
    with mistakes_explained():
        settings = load_settings(environment)
        with err.status("stopping"):
            stopped = platform.down(settings, announce=_announce)
    out.print(f"stopped: {', '.join(stopped)}" if stopped else "nothing was running")


@app.command(rich_help_panel=_HERE)
def status(
    environment: Environment = "dev",
    repository: Repository = MODEL_REPOSITORY,
    as_json: Json = False,
) -> None:
    """Show processes, models and addresses. Exit status 1 when something is not well."""
    with mistakes_explained():
        found = read_status(load_settings(environment), repository)
    if as_json:
        print_json(status_json(found))
    else:
        print_status(found)
    if not found.healthy:
        raise typer.Exit(FAILED)


@app.command(rich_help_panel=_HERE)
def infer(
    model: Annotated[str, typer.Argument(help="Name of the model, such as digits_pipeline.")],
    input: Annotated[
        str,
        typer.Argument(
            help="A path (PNG or other file; .json is read as JSON), text, or JSON: the value "
            "of the only input, or an object with a value for each.",
        ),
    ],
    grpc: Annotated[bool, typer.Option("--grpc/--http", help="Protocol to use.")] = False,
    environment: Environment = "dev",
    as_json: Json = False,
) -> None:
    """Ask a model through the gateway and print its answer.

    Examples: `tritonctl infer digits_pipeline docs/samples/seven.png`,
    `tritonctl infer sentiment_pipeline "what a wonderful day" --grpc`
    """
    protocol = Protocol.GRPC if grpc else Protocol.HTTP
    with mistakes_explained():
        gateway = _addresses(environment).gateway_grpc
        with Client(gateway, protocol) as client:
            answer = client.infer(model, encode(input, client.inputs_of(model)))
    if as_json:
        print_json(asdict(answer))
        return
    for name, value in answer.outputs.items():
        out.print(f"[bold]{escape(name)}[/]: {escape(unwrapped(value))}", highlight=False)
    out.print(
        f"[dim]{escape(answer.model)} version {answer.version}, {answer.latency_ms:.1f} ms "
        f"over {protocol.label}[/]",
        highlight=False,
    )


@app.command(rich_help_panel=_HERE)
def bench(
    model: Annotated[str, typer.Argument(help="A model with numeric inputs, such as digits.")],
    concurrency: Annotated[
        int, typer.Option("--concurrency", "-c", min=1, max=1024, help="Requests in flight.")
    ] = 64,
    environment: Environment = "dev",
    as_json: Json = False,
) -> None:
    """Measure a model under load with NVIDIA's perf_analyzer, without the gateway."""
    with mistakes_explained():
        where = _addresses(environment)
        with err.status(f"measuring {model} with {concurrency} requests in flight"):
            result = run_bench(
                model,
                triton_grpc=where.triton_grpc,
                metrics_url=where.triton_metrics,
                concurrency=concurrency,
            )
    if as_json:
        print_json(asdict(result))
        return
    batch = f"{result.average_batch:.1f}" if result.average_batch else "none"
    out.print(
        f"{model} at concurrency {concurrency}: {result.inferences_per_second:.0f} inferences/s, "
        f"p50 {result.p50_ms:.1f} ms, p95 {result.p95_ms:.1f} ms, p99 {result.p99_ms:.1f} ms, "
        f"average executed batch {batch}"
    )


@app.command(rich_help_panel=_HERE)
def logs(
    service: Annotated[
        LogName, typer.Argument(help="Whose log; gateway-access has one JSON line a request.")
    ] = LogName.TRITON,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=1, help="How many, from the end.")
    ] = 40,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until Ctrl-C.")] = False,
    environment: Environment = "dev",
) -> None:
    """Show the log of a process."""
    with mistakes_explained():
        log = State.of(load_settings(environment).local).log(service)
        if not log.is_file():
            raise LocalError(f"there is no log of {service} yet: start the platform with `make up`")
    with suppress(KeyboardInterrupt):
        subprocess.run(
            ["tail", "-n", str(lines), *(["-F"] if follow else []), str(log)], check=False
        )


# In the order in which one needs them.
for command in (doctor, changes, review, smoke, teardown):
    app.command(rich_help_panel="On AWS")(command)


def main() -> None:
    """Entry point of the ``tritonctl`` command."""
    app()


def _announce(step: str) -> None:
    err.print(f"[cyan]·[/] {escape(step)}", highlight=False, soft_wrap=True)


def _addresses(environment: str) -> Addresses:
    return addresses(load_settings(environment))
