"""All stacks together: pure synthesis, sizes, and what is refused."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import cx_api
from aws_cdk.assertions import Template

from config import load_settings, load_versions
from config.naming import STACKS, stack_name
from stacks.assembly import assemble, feature_flags

ROOT = Path(__file__).parents[2]


def templates_written_to(directory: Path) -> dict[str, bytes]:
    app = cdk.App(context=feature_flags(), outdir=str(directory))
    assemble(app, settings=load_settings("dev"), versions=load_versions())
    app.synth()
    return {path.name: path.read_bytes() for path in directory.glob("*.template.json")}


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_no_environment_needs_an_account(
    cloud_assembly: Callable[[str], cx_api.CloudAssembly], environment: str
) -> None:
    assembly = cloud_assembly(environment)

    # `assembly.manifest` is not readable through jsii.
    manifest = json.loads(Path(assembly.directory, "manifest.json").read_text(encoding="utf-8"))
    assert "missing" not in manifest
    assert {stack.environment.account for stack in assembly.stacks} == {"unknown-account"}


def test_stacks_are_named_after_environment_and_noun(
    cloud_assembly: Callable[[str], cx_api.CloudAssembly],
) -> None:
    names = [stack.stack_name for stack in cloud_assembly("prod").stacks]

    assert names == [stack_name("prod", noun) for noun in STACKS]


def test_every_stack_goes_to_the_region_of_its_environment(
    cloud_assembly: Callable[[str], cx_api.CloudAssembly],
) -> None:
    regions = {stack.environment.region for stack in cloud_assembly("dev").stacks}

    assert regions == {load_settings("dev").region}


def test_two_synths_write_the_same_bytes(tmp_path: Path) -> None:
    first = templates_written_to(tmp_path / "first")

    assert len(first) == len(STACKS)
    assert templates_written_to(tmp_path / "second") == first


def test_stacks_refer_to_each_other_by_exports(synth: Mapping[str, Template]) -> None:
    serving = json.dumps(synth["serving"].to_json())

    assert "Fn::ImportValue" in serving
    assert "Fn::GetStackOutput" not in serving


def test_every_stack_stays_within_cloudformation_limits(
    synth_prod: Mapping[str, Template],
) -> None:
    for noun, template in synth_prod.items():
        body = template.to_json()
        assert len(body["Resources"]) < 500, noun
        assert len(json.dumps(body)) < 900_000, noun


def test_a_cluster_outside_the_skew_of_kubectl_is_refused() -> None:
    settings = load_settings("dev")
    cluster = settings.cluster.model_copy(update={"kubernetes": "1.32"})

    with pytest.raises(ValueError, match=r"no kubectl layer works with Kubernetes 1\.32") as error:
        assemble(
            cdk.App(),
            settings=settings.model_copy(update={"cluster": cluster}),
            versions=load_versions(),
        )

    assert "1.29, 1.35" in str(error.value)


def test_an_unknown_environment_is_one_line_and_exit_1(tmp_path: Path) -> None:
    # CDK_CONTEXT_JSON and CDK_OUTDIR are how the CLI passes `-c env=qa`.
    variables = os.environ | {
        "CDK_CONTEXT_JSON": json.dumps({"env": "qa"}),
        "CDK_OUTDIR": str(tmp_path),
    }

    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == (
        "no environment 'qa': choose dev, prod, staging, or give the path of a .toml file\n"
    )


def test_the_cli_synthesizes_the_environment_that_it_names(tmp_path: Path) -> None:
    variables = os.environ | {
        "CDK_CONTEXT_JSON": json.dumps({"env": "prod"}),
        "CDK_OUTDIR": str(tmp_path),
    }

    subprocess.run(
        [sys.executable, str(ROOT / "app.py")], cwd=tmp_path, env=variables, timeout=120, check=True
    )

    assert (tmp_path / "triton-platform-prod-serving.template.json").exists()
