"""What of Triton reaches the cluster, read from the CloudFormation template itself."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk.assertions import Template

from config import EXIT_MARGIN_SECONDS, TRITON_IMAGE, load_settings, load_versions
from serving.triton import POD, Profile, arguments, server_flags
from tests.support.manifests import MANIFESTS, objects_in, releases_in


@pytest.fixture(scope="module")
def objects(synth: Mapping[str, Template]) -> dict[str, Any]:
    return objects_in(synth["serving"])


@pytest.fixture(scope="module")
def pod(objects: dict[str, Any]) -> dict[str, Any]:
    spec: dict[str, Any] = objects["Deployment"]["spec"]["template"]["spec"]
    return spec


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_triton_runs_with_the_flags_that_serving_defines(
    synth: Mapping[str, Template], synth_prod: Mapping[str, Template], environment: str
) -> None:
    template = {"dev": synth, "prod": synth_prod}[environment]["serving"]
    settings, production = load_settings(environment), load_versions().triton.production
    flags = server_flags(
        production.server,
        Profile.PRODUCTION,
        POD,
        triton=settings.triton,
        gateway=settings.gateway,
    )

    [container] = objects_in(template)["Deployment"]["spec"]["template"]["spec"]["containers"]

    assert container["command"] == ["tritonserver"]
    assert container["args"] == arguments(flags)


def test_the_image_is_named_by_its_digest_in_our_own_registry(pod: dict[str, Any]) -> None:
    [container] = pod["containers"]
    address, _, digest = container["image"].partition("@")

    assert digest == load_versions().mirrored[TRITON_IMAGE].digest
    assert "ImportValue triton-platform-dev-registry" in address


def test_the_gpu_limit_survives_to_the_last_json(pod: dict[str, Any]) -> None:
    [container] = pod["containers"]

    assert container["resources"]["limits"]["nvidia.com/gpu"] == 1


def test_a_pod_is_killed_only_after_triton_had_time_to_leave(pod: dict[str, Any]) -> None:
    [container] = pod["containers"]
    [command, pause] = container["lifecycle"]["preStop"]["exec"]["command"]
    [exit_timeout] = [
        int(argument.partition("=")[2])
        for argument in container["args"]
        if argument.startswith("--exit-timeout-secs=")
    ]

    assert command == "sleep"
    assert pod["terminationGracePeriodSeconds"] >= int(pause) + exit_timeout + EXIT_MARGIN_SECONDS


def test_pods_tolerate_the_taint_of_the_gpu_nodes_and_land_only_there(
    synth: Mapping[str, Template], pod: dict[str, Any]
) -> None:
    [nodes] = (
        synth["cluster"]
        .find_resources("AWS::EKS::Nodegroup", {"Properties": {"AmiType": "AL2023_x86_64_NVIDIA"}})
        .values()
    )
    [taint] = nodes["Properties"]["Taints"]
    [toleration] = pod["tolerations"]

    assert toleration == {"key": taint["Key"], "operator": "Exists", "effect": "NoSchedule"}
    assert pod["nodeSelector"].items() <= nodes["Properties"]["Labels"].items()


def test_the_volume_is_the_access_point_of_the_storage_stack(
    synth: Mapping[str, Template], objects: dict[str, Any]
) -> None:
    storage = synth["storage"].to_json()
    file_system, access_point = objects["PersistentVolume"]["spec"]["csi"]["volumeHandle"].split(
        "::"
    )

    def kind(output: str) -> str:
        name = output.removeprefix("${ImportValue ").removesuffix("}").rpartition(":")[2]
        logical_id = storage["Outputs"][name]["Value"]["Ref"]
        return str(storage["Resources"][logical_id]["Type"])

    assert kind(file_system) == "AWS::EFS::FileSystem"
    assert kind(access_point) == "AWS::EFS::AccessPoint"


def test_the_namespace_comes_before_what_lives_in_it(synth: Mapping[str, Template]) -> None:
    resources = synth["serving"].find_resources(MANIFESTS)
    kinds = {
        logical_id: {found["kind"] for found in objects}
        for logical_id, objects in releases_in(synth["serving"]).items()
    }
    [namespaces] = [logical_id for logical_id, found in kinds.items() if "Namespace" in found]
    [triton] = [logical_id for logical_id, found in kinds.items() if "Deployment" in found]

    assert namespaces in resources[triton]["DependsOn"]


def test_manifests_stay_small_enough_for_their_custom_resource(
    synth_prod: Mapping[str, Template],
) -> None:
    # An update event carries the old and the new one, and Lambda takes 256 KiB at worst.
    for resource in synth_prod["serving"].find_resources(MANIFESTS).values():
        assert len(json.dumps(resource)) < 120_000
