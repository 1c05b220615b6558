"""The process on this machine and the pod in the cluster run with the same flags."""

import re
from collections.abc import Mapping

import pytest
from aws_cdk import assertions

from config import load_versions
from local.process import read_record
from local.state import State
from serving.triton import POD, PROFILE_DIFFERENCES, Profile, server_flags
from tests.integration.conftest import Running
from tests.support.manifests import objects_in

pytestmark = pytest.mark.integration


def parsed(arguments: list[str]) -> dict[str, str]:
    pairs = (argument.removeprefix("--").partition("=") for argument in arguments)
    return {name: value for name, _, value in pairs}


def flags_of_the_process(running: Running) -> dict[str, str]:
    record = read_record(State.of(running.settings.local), "triton")
    assert record is not None
    process = record.process()
    assert process is not None
    return parsed(process.cmdline()[1:])


def flags_of_the_pod(template: assertions.Template) -> dict[str, str]:
    """From the manifest inside the CloudFormation template."""
    pod = objects_in(template)["Deployment"]["spec"]["template"]["spec"]
    return parsed(pod["containers"][0]["args"])


def flags_for(running: Running, which: str) -> set[str]:
    """Names of the production flags that the production or the local server knows."""
    settings, pins = running.settings, load_versions().triton
    server = {"production": pins.production.server, "local": pins.local.server}[which]
    return set(
        server_flags(
            server, Profile.PRODUCTION, POD, triton=settings.triton, gateway=settings.gateway
        )
    )


def test_pod_and_process_differ_only_where_it_is_said_why(
    running: Running, synth: Mapping[str, assertions.Template]
) -> None:
    process, pod = flags_of_the_process(running), flags_of_the_pod(synth["serving"])
    different = {name for name in {*process, *pod} if process.get(name) != pod.get(name)}

    newer = flags_for(running, "production") - flags_for(running, "local")

    # A port may be Triton's own by chance; everything else must be said and must be so.
    ports = {name for name in PROFILE_DIFFERENCES if re.fullmatch(r".+-port", name)}
    assert different | ports == {*PROFILE_DIFFERENCES, *newer}
