"""Cloud assemblies written by tests, as `cdk synth` lays them out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Resources = Mapping[str, Mapping[str, Any]]


def write_assembly(
    directory: Path,
    resources: Resources | None = None,
    *,
    region: str = "eu-central-1",
    stacks: Mapping[str, Resources] | None = None,
    **sections: Any,
) -> Path:
    """An assembly of one stack named ``main``, or of the given stacks.

    Args:
        directory: Where; made when it is not there.
        resources: Of the one stack.
        region: Of all stacks.
        stacks: Resources by name of the stack, instead.
        sections: What else the templates have, such as ``Outputs``.
    """
    directory.mkdir(parents=True, exist_ok=True)
    artifacts = {}
    for name, found in (stacks if stacks is not None else {"main": resources or {}}).items():
        file = f"{name}.template.json"
        template = {"Resources": found, **sections}
        (directory / file).write_text(json.dumps(template), encoding="utf-8")
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://unknown-account/{region}",
            "properties": {"templateFile": file},
        }
    manifest = json.dumps({"version": "55.0.0", "artifacts": artifacts})
    (directory / "manifest.json").write_text(manifest, encoding="utf-8")
    return directory


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    """A resource of a template."""
    return {"Type": kind, "Properties": properties}
