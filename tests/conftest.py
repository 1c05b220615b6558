"""What tests share: the synthesized stacks, made once an environment."""

import os
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from aws_cdk import assertions, cx_api
    from xdist.remote import Producer

    from tests.support.scheduling import BySharedWork

# A machine that does something else as well must not fail a property.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

# jsii starts `node`, which the lock installs beside this Python.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
# Halves the time of a synth; `make synth` has the validation on.
os.environ["CDK_VALIDATION"] = "false"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: "Producer") -> "BySharedWork":
    """Called by xdist; its own `loadgroup` does nothing with this pytest."""
    from tests.support.scheduling import BySharedWork

    return BySharedWork(config, log)


@pytest.fixture(scope="session")
def cloud_assembly() -> Callable[[str], "cx_api.CloudAssembly"]:
    """The cloud assembly of an environment, by its name."""
    # Imported here: the tests of the laptop need no CDK, which takes seconds to load.
    import aws_cdk as cdk

    from config import load_settings, load_versions
    from stacks.assembly import assemble, feature_flags

    @cache
    def synthesize(environment: str) -> "cx_api.CloudAssembly":
        app = cdk.App(context=feature_flags())
        assemble(app, settings=load_settings(environment), versions=load_versions())
        return app.synth()

    return synthesize


def _templates(assembly: "cx_api.CloudAssembly") -> dict[str, "assertions.Template"]:
    from aws_cdk import assertions

    return {
        stack.stack_name.rsplit("-", 1)[1]: assertions.Template.from_json(stack.template)
        for stack in assembly.stacks
    }


@pytest.fixture(scope="session")
def synth(
    cloud_assembly: Callable[[str], "cx_api.CloudAssembly"],
) -> Mapping[str, "assertions.Template"]:
    """The templates of dev, by the noun of their stack: ``synth["storage"]``."""
    return _templates(cloud_assembly("dev"))


@pytest.fixture(scope="session")
def synth_prod(
    cloud_assembly: Callable[[str], "cx_api.CloudAssembly"],
) -> Mapping[str, "assertions.Template"]:
    """The templates of prod, like ``synth``."""
    return _templates(cloud_assembly("prod"))
