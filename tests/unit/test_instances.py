"""What is known of EC2's machines is what AWS says, as moto ships it."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import moto
import pytest

from config import GPU_INSTANCES, environment_names, load_settings
from config.instances import check_general_instance, gpu_instance

_MOTO = Path(moto.__file__).parent / "ec2" / "resources"


def read(name: str) -> Any:
    return json.loads(gzip.decompress((_MOTO / f"{name}.json.gz").read_bytes()))


TYPES: dict[str, dict[str, Any]] = read("instance_types")


def nvidia(name: str) -> list[dict[str, Any]]:
    gpus = TYPES[name].get("GpuInfo", {}).get("Gpus", [])
    return [gpu for gpu in gpus if gpu["Manufacturer"] == "NVIDIA"]


def runs_x86_linux(name: str) -> bool:
    return "x86_64" in TYPES[name]["ProcessorInfo"]["SupportedArchitectures"]


def fits_the_general_pool(name: str) -> bool:
    facts = TYPES[name]
    accelerated = {"GpuInfo", "InferenceAcceleratorInfo", "NeuronInfo", "FpgaInfo"} & set(facts)
    return (
        runs_x86_linux(name)
        and not accelerated
        and "MediaAcceleratorInfo" not in facts
        and not name.startswith("trn2u.")  # a Trainium too, which moto's copy leaves out
        and (facts["BareMetal"] or facts.get("Hypervisor") == "nitro")
        and not name.endswith((".nano", ".micro", ".small"))
    )


def refuses_general(name: str) -> bool:
    try:
        check_general_instance(name)
    except ValueError:
        return True
    return False


@pytest.mark.parametrize("name", sorted(GPU_INSTANCES))
def test_a_gpu_machine_is_what_aws_says(name: str) -> None:
    known, facts = GPU_INSTANCES[name], TYPES[name]
    [gpu] = nvidia(name)

    assert re.fullmatch(r"[a-z]+\d[a-z0-9-]*\.(\d*xlarge|metal)", name)
    assert known.gpus == gpu["Count"]
    assert known.vcpus == facts["VCpuInfo"]["DefaultVCpus"]
    assert known.memory_gib * 1024 == facts["MemoryInfo"]["SizeInMiB"]
    assert runs_x86_linux(name)


@pytest.mark.parametrize("name", sorted(GPU_INSTANCES))
def test_a_gpu_has_the_memory_that_it_is_sold_with(name: str) -> None:
    [gpu] = nvidia(name)

    # AWS tells of some what can be used, 22.4 GiB of an L4's 24.
    usable = gpu["MemoryInfo"]["SizeInMiB"] / 1024
    assert usable * 0.99 <= GPU_INSTANCES[name].gpu_memory_gib <= usable / 0.93


@pytest.mark.parametrize("name", sorted(GPU_INSTANCES))
def test_a_gpu_is_named_as_aws_names_it(name: str) -> None:
    [gpu] = nvidia(name)

    assert gpu["Name"].replace("Server ", "") == GPU_INSTANCES[name].gpu


def test_every_machine_with_whole_nvidia_gpus_is_known() -> None:
    whole = {
        name
        for name in TYPES
        if runs_x86_linux(name) and any(gpu["Count"] > 0 for gpu in nvidia(name))
    }
    # Volta and older: CUDA 13 does not know them.
    too_old = {name for name in whole if nvidia(name)[0]["Name"] in {"K80", "M60", "V100"}}

    assert whole - too_old == set(GPU_INSTANCES)


def test_only_gpus_since_ampere_are_divided_in_hardware() -> None:
    parts = {(known.gpu, known.mig) for known in GPU_INSTANCES.values()}

    assert {gpu for gpu, most in parts if most == 0} == {"T4", "A10G", "L4", "L40S"}
    assert dict(parts)["RTX PRO 6000"] == 4
    assert dict(parts)["H100"] == 7


def test_the_general_pool_takes_exactly_what_fits() -> None:
    fits = {name for name in TYPES if fits_the_general_pool(name)}

    assert {name for name in TYPES if not refuses_general(name)} == fits
    assert {"m7i.large", "m7i-flex.large", "t3.medium", "m5.metal", "u-6tb1.112xlarge"} <= fits


@pytest.mark.parametrize("name", ["", "m7i", ".large", "m7i.huge", "M7I.LARGE", "m.large", "m7i.x"])
def test_what_is_no_type_is_told(name: str) -> None:
    with pytest.raises(ValueError, match="is no EC2 instance type; write for instance m7i"):
        check_general_instance(name)


@pytest.mark.parametrize("name", ["p3.2xlarge", "g5g.xlarge", "g6f.large", "m7i.large", ""])
def test_what_has_no_gpu_for_triton_is_told_with_the_families(name: str) -> None:
    with pytest.raises(ValueError, match=r"choose for instance g6\.xlarge \(families: g4dn, g5"):
        gpu_instance(name)


@pytest.mark.parametrize("name", environment_names())
def test_a_shipped_environment_asks_for_machines_that_its_zones_offer(name: str) -> None:
    settings = load_settings(name)
    offered = {
        (offer["Location"], offer["InstanceType"])
        for offer in read(f"instance_type_offerings/availability-zone/{settings.region}")
    }

    for pool in settings.cluster.pools:
        for zone in pool.zones(settings.availability_zones):
            for instance_type in pool.instance_types:
                assert (zone, instance_type) in offered
