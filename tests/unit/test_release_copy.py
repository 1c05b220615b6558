"""How releases get from the bucket to the volume."""

from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk.assertions import Template

from operations.changes.intrinsics import references

TASK = "AWS::DataSync::Task"
SOURCE = "AWS::DataSync::LocationS3"
TARGET = "AWS::DataSync::LocationEFS"


@pytest.fixture(scope="module")
def storage(synth: Mapping[str, Template]) -> dict[str, Any]:
    resources: dict[str, Any] = synth["storage"].to_json()["Resources"]
    return resources


def the(resources: dict[str, Any], kind: str) -> dict[str, Any]:
    [found] = [resource for resource in resources.values() if resource["Type"] == kind]
    properties: dict[str, Any] = found["Properties"]
    return properties


def kinds_named_in(resources: dict[str, Any], value: Any) -> set[str]:
    return {resources[name]["Type"] for name in references(value) if name in resources}


def test_releases_are_copied_from_the_bucket_to_the_access_point(storage: dict[str, Any]) -> None:
    source, target = the(storage, SOURCE), the(storage, TARGET)

    assert kinds_named_in(storage, source["S3BucketArn"]) == {"AWS::S3::Bucket"}
    assert kinds_named_in(storage, target["AccessPointArn"]) == {"AWS::EFS::AccessPoint"}
    assert target["InTransitEncryption"] == "TLS1_2"
    assert the(storage, TASK)["Includes"] == [
        {"FilterType": "SIMPLE_PATTERN", "Value": "/releases"}
    ]


def test_what_was_written_is_verified_and_nothing_is_deleted(storage: dict[str, Any]) -> None:
    options = the(storage, TASK)["Options"]

    assert options["VerifyMode"] == "ONLY_FILES_TRANSFERRED"
    assert options["PreserveDeletedFiles"] == "PRESERVE"
    # A file that was cut short is mended.
    assert (options["OverwriteMode"], options["TransferMode"]) == ("ALWAYS", "CHANGED")


def test_it_waits_until_it_can_mount(storage: dict[str, Any]) -> None:
    [location] = [found for found in storage.values() if found["Type"] == TARGET]
    targets = {name for name, found in storage.items() if found["Type"] == "AWS::EFS::MountTarget"}

    assert len(targets) == 3
    assert targets <= set(location["DependsOn"])


def test_only_its_agents_reach_the_volume_and_only_by_nfs(storage: dict[str, Any]) -> None:
    rule = the(storage, "AWS::EC2::SecurityGroupIngress")
    way_out = the(storage, "AWS::EC2::SecurityGroupEgress")

    for found in (rule, way_out):
        assert (found["IpProtocol"], found["FromPort"], found["ToPort"]) == ("tcp", 2049, 2049)
    agents = {
        name
        for name, found in storage.items()
        if found["Type"] == "AWS::EC2::SecurityGroup"
        and "DataSync" in found["Properties"]["GroupDescription"]
    }
    assert references(rule["SourceSecurityGroupId"]) == agents
    assert references(way_out["GroupId"]) == agents


def test_the_reader_cannot_write_and_the_writer_cannot_read_the_bucket(
    storage: dict[str, Any],
) -> None:
    actions = {
        name: {
            action
            for statement in found["Properties"]["PolicyDocument"]["Statement"]
            for action in (
                [statement["Action"]]
                if isinstance(statement["Action"], str)
                else statement["Action"]
            )
        }
        for name, found in storage.items()
        if found["Type"] == "AWS::IAM::Policy" and name.startswith("Copy")
    }
    [reader] = [found for name, found in actions.items() if "Reader" in name]
    [writer] = [found for name, found in actions.items() if "Writer" in name]

    assert not any("Put" in action or "Delete" in action for action in reader)
    assert writer == {"elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"}
