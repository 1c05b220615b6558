"""What ``tritonctl`` shows of a platform: tables and lines for people, one object for programs."""

import shlex
from dataclasses import asdict
from itertools import chain
from pathlib import Path
from typing import Any

from rich.table import Table

from cli.console import escape, out, styled
from local.status import ModelStatus, PlatformStatus, ProcessStatus
from operations.smoke import prove
from serving.repository import read_repository


def show_proof(status: PlatformStatus, repository: Path, quiet: bool) -> None:
    """Ask every probe; a line for each as it is answered."""
    asked = None
    addresses = status.addresses
    for proof in prove(
        addresses.gateway_grpc, addresses.triton_metrics, read_repository(repository)
    ):
        if quiet:
            continue
        probe = proof.probe
        if probe is not asked:
            asked = probe
            answer = f"{probe.output} [bold green]{escape(probe.expected)}[/]"
            out.print(f"{probe.model}: {escape(probe.question)} → {answer}", highlight=False)
        batch = f", average batch {proof.average_batch:.1f}" if proof.average_batch else ""
        out.print(
            f"  {proof.protocol.label}  {proof.answer.latency_ms:.1f} ms alone; "
            f"{proof.clients} clients at once: "
            f"p50 {proof.p50_ms:.1f} ms, p95 {proof.p95_ms:.1f} ms{batch}",
            highlight=False,
            soft_wrap=True,
        )
    if asked is not None:
        out.print()


def print_status(status: PlatformStatus) -> None:
    """Processes and models as tables, and the reason of all that is not well."""
    processes = Table("process", "state", "pid", "address", box=None, header_style="dim")
    for one in status.processes:
        address = status.addresses.of_process(one.name)
        processes.add_row(one.name, styled(one.state), str(one.pid or ""), address)
    table = Table("model", "state", "backend x instances", "", box=None, header_style="dim")
    for model in status.models:
        instances = f" x {model.instances}" if model.instances else ""
        note = escape(model.detail) if model.state == "ready" else ""
        table.add_row(model.name, styled(model.state), model.backend + instances, note)
    out.print(processes, "", table, "")
    # Reasons are long and one wants to copy them: below the tables, unbroken.
    reasons = [
        f"{styled(one.state)} {escape(one.name)}: {escape(one.detail)}"
        for one in chain[ProcessStatus | ModelStatus](status.processes, status.models)
        if one.detail and one.state != "ready"
    ]
    if reasons:
        out.print("\n".join(reasons), "", highlight=False, soft_wrap=True, sep="\n")


def print_next(status: PlatformStatus, environment: str) -> None:
    """Commands to try next, of those that would work now."""
    option = "" if environment == "dev" else f" -e {shlex.quote(environment)}"
    ready = {model.name for model in status.models if model.state == "ready"}
    examples = {
        "digits_pipeline": ["infer digits_pipeline docs/samples/seven.png"],
        "sentiment_pipeline": ['infer sentiment_pipeline "cold food, but a lovely evening" --grpc'],
        "digits": ["bench digits"],
    }
    commands = [line for name, lines in examples.items() if name in ready for line in lines]
    out.print("try it:")
    for command in (*commands, "status", "logs gateway-access", "down"):
        out.print(f"  .venv/bin/tritonctl {command}{option}", highlight=False, soft_wrap=True)


def status_json(status: PlatformStatus) -> dict[str, Any]:
    """The status as JSON-ready values; its keys are a contract with programs."""
    addresses = status.addresses
    return {
        "running": status.running,
        "healthy": status.healthy,
        "gateway": {"http": addresses.gateway_http, "grpc": addresses.gateway_grpc},
        "triton_metrics": addresses.triton_metrics,
        "prometheus": addresses.prometheus,
        "processes": [asdict(one) for one in status.processes],
        "models": [asdict(model) for model in status.models],
    }


def unwrapped(value: Any) -> Any:
    """A batch of one number or word as that number or word."""
    while isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value
