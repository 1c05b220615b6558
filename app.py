"""Composition root: ``cdk synth -c env=<name>`` turns one environment's settings into stacks."""

import os
import sys
from pathlib import Path

import aws_cdk as cdk

from config import ConfigError, load_settings, load_versions
from stacks.assembly import assemble, feature_flags
from stacks.delivery import DeliveryStack

ROOT = Path(__file__).parent


def main() -> int:
    """Write the cloud assembly; 1 and one line a mistake when the settings do not allow it."""
    app = cdk.App(
        context=feature_flags(),
        # The CLI names the directory it reads; without it this is where `cdk -a cdk.out` looks.
        outdir=os.environ.get("CDK_OUTDIR", str(ROOT / "cdk.out")),
    )
    try:
        settings, versions = (
            load_settings(app.node.try_get_context("env") or "dev"),
            load_versions(),
        )
        assemble(app, settings=settings, versions=versions)
        if settings.delivery:
            DeliveryStack(app, staging=load_settings("staging"), prod=settings, versions=versions)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main())
