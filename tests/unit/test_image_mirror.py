"""The build that copies images; what its script does is proven with real registries."""

import json
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from aws_cdk.assertions import Template

from config import load_settings, load_versions
from operations.changes.intrinsics import readable
from stacks.assembly import assemble, feature_flags


def build(template: Template) -> dict[str, Any]:
    [project] = template.find_resources("AWS::CodeBuild::Project").values()
    properties: dict[str, Any] = project["Properties"]
    return properties


def variables(template: Template) -> dict[str, str]:
    return {
        variable["Name"]: readable(variable["Value"])
        for variable in build(template)["Environment"]["EnvironmentVariables"]
    }


def started_with(template: Template) -> str:
    [start] = template.find_resources("Custom::AWS").values()
    return readable(start["Properties"]["Create"])


def test_every_pinned_image_is_copied_by_its_digest(synth: Mapping[str, Template]) -> None:
    pinned = load_versions().mirrored
    text = variables(synth["registry"])["IMAGES"]

    for name, image in pinned.items():
        assert f'"source":"{image.source}"' in text, name
        assert f'"digest":"{image.digest}"' in text, name
    assert text.count('"source"') == len(pinned)


def test_its_script_reaches_the_machine_unchanged(
    synth: Mapping[str, Template], tmp_path: Path
) -> None:
    phases = json.loads(build(synth["registry"])["Source"]["BuildSpec"])["phases"]
    write = phases["install"]["commands"][0]

    subprocess.run(["bash", "-euc", write], cwd=tmp_path, check=True)

    [written] = tmp_path.iterdir()
    source = Path("constructs/platform_constructs/image_mirror.sh")
    assert written.read_bytes() == (Path(__file__).parents[2] / source).read_bytes()
    assert written.stat().st_mode & 0o100
    for command in (*phases["install"]["commands"][1:], *phases["build"]["commands"]):
        assert shlex.split(command)[0] == f"./{written.name}"


def test_it_starts_by_itself_when_a_pin_changes_and_not_otherwise(
    synth: Mapping[str, Template],
) -> None:
    versions = load_versions()
    moved = {
        name: text[:-64] + 64 * "0" if name == "dcgm-exporter" else text
        for name, text in versions.images.items()
    }
    app = cdk.App(context=feature_flags())
    again = assemble(
        app,
        settings=load_settings("dev"),
        versions=versions.model_copy(update={"images": moved}),
    )

    assert started_with(Template.from_stack(again.registry)) != started_with(synth["registry"])


def test_it_may_only_write_images_and_lists(synth: Mapping[str, Template]) -> None:
    policies = {
        name: found["Properties"]["PolicyDocument"]["Statement"]
        for name, found in synth["registry"].find_resources("AWS::IAM::Policy").items()
        if name.startswith("MirrorRole")
    }
    [statements] = policies.values()

    buckets = [
        statement
        for statement in statements
        if any("s3:" in a for a in _listed(statement["Action"]))
    ]
    assert {action for one in buckets for action in _listed(one["Action"])} == {
        "s3:AbortMultipartUpload",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
    }
    everywhere = [one for one in statements if one["Resource"] == "*"]
    assert [one["Action"] for one in everywhere] == ["ecr:GetAuthorizationToken"]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
