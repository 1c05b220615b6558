"""The CDK CLI's own difference between two cloud assemblies, which asks no account."""

import os
import subprocess
from pathlib import Path

from operations.errors import OperationError

_PROJECT = Path(__file__).resolve().parent.parent
CDK = _PROJECT / "node_modules" / ".bin" / "cdk"
_TEMPLATE = ".template.json"
_TIMEOUT_SECONDS = 120


def cdk_diff(old: Path, new: Path) -> str:
    """What `cdk diff` says of every stack that both assemblies have and that differs.

    Args:
        old: Directory of the assembly that is deployed.
        new: Directory of the one that would be.

    Raises:
        OperationError: the CDK CLI is not installed, or failed; says what it said.
    """
    if not CDK.exists():
        raise OperationError(f"there is no CDK CLI at {CDK}: run `make synth` first")
    told = []
    for template in sorted(new.glob(f"*{_TEMPLATE}")):
        before = old / template.name
        if before.is_file() and before.read_bytes() != template.read_bytes():
            told.append(_diff(template.name.removesuffix(_TEMPLATE), new, before))
    return "\n".join(told)


def _diff(stack: str, assembly: Path, before: Path) -> str:
    command = [str(CDK), "diff", stack, "--exclusively", "--app", str(assembly)]
    try:
        result = subprocess.run(
            [*command, "--template", str(before), "--no-color", "--ci"],
            # `cdk` is a Node program; Node is installed beside this Python.
            env=os.environ | {"PATH": f"{_PROJECT}/.venv/bin:{os.environ.get('PATH', '')}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=_TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired as error:
        raise OperationError(f"`cdk diff {stack}` took over {_TIMEOUT_SECONDS} s") from error
    if result.returncode != 0:
        raise OperationError(f"`cdk diff {stack}` failed: {result.stdout.strip()}")
    return result.stdout
