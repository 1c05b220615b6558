"""What happens to the resources of a stack, and which of their properties differ."""

from pathlib import Path
from typing import Any

import pytest

from operations.changes.comparison import Changes, compare
from operations.changes.property import property_changes
from operations.changes.report import sections
from operations.changes.resource import ResourceChange
from tests.support.written_assembly import resource, write_assembly

HASH, OTHER_HASH = "a" * 64, "b" * 64


def compared(tmp_path: Path, old: dict[str, Any], new: dict[str, Any]) -> Changes:
    return compare(write_assembly(tmp_path / "old", old), write_assembly(tmp_path / "new", new))


def the_one(tmp_path: Path, old: dict[str, Any], new: dict[str, Any]) -> ResourceChange:
    (change,) = compared(tmp_path, {"It": old}, {"It": new}).resources
    return change


def test_added_and_removed_resources_are_told(tmp_path: Path) -> None:
    changes = compared(tmp_path, {"Old": resource("AWS::EC2::EIP")}, {"New": resource("A::B::C")})

    assert {one.logical_id: one.fate for one in changes.resources} == {
        "Old": "removed",
        "New": "added",
    }


def test_another_type_under_the_same_id_is_a_replacement(tmp_path: Path) -> None:
    change = the_one(tmp_path, resource("AWS::EC2::EIP"), resource("AWS::SNS::Topic"))

    assert change.fate == "replaced"
    assert change.reasons == ("its Type becomes AWS::SNS::Topic, which no resource survives",)


def test_a_property_that_cannot_always_be_changed_may_replace(tmp_path: Path) -> None:
    old, new = (resource("AWS::EC2::Instance", InstanceType=name) for name in ("m7i", "m6i"))

    change = the_one(tmp_path, old, new)

    assert change.fate == "perhaps replaced"
    assert change.reasons == ("InstanceType cannot always be changed in place",)


def test_a_type_that_nobody_knows_may_be_replaced(tmp_path: Path) -> None:
    change = the_one(tmp_path, resource("My::Own::Type", A=1), resource("My::Own::Type", A=2))

    assert change.fate == "perhaps replaced"


@pytest.mark.parametrize("kind", ["Custom::Thing", "AWS::CloudFormation::CustomResource"])
def test_a_custom_resource_is_replaced_with_who_makes_it(tmp_path: Path, kind: str) -> None:
    before = resource(kind, ServiceToken="a", Version="1")

    assert the_one(tmp_path, before, resource(kind, ServiceToken="b")).fate == "replaced"
    assert the_one(tmp_path, before, resource(kind, ServiceToken="a")).fate == "updated"


def test_an_equal_create_only_property_replaces_nothing(tmp_path: Path) -> None:
    names: list[dict[str, Any]] = [
        {"KmsKeyId": {"Ref": "Key"}, "ThroughputMode": mode} for mode in ("elastic", "bursting")
    ]
    old, new = (resource("AWS::EFS::FileSystem", **properties) for properties in names)

    assert the_one(tmp_path, old, new).fate == "updated"


def test_an_intrinsic_in_place_of_an_object_counts_as_a_change_of_what_is_in_it(
    tmp_path: Path,
) -> None:
    kind, network = "AWS::EKS::Cluster", {"IpFamily": "ipv4"}
    either = {"Fn::If": ["Modern", {"IpFamily": "ipv6"}, network]}
    old = resource(kind, KubernetesNetworkConfig=network)
    new = resource(kind, KubernetesNetworkConfig=either)
    other = resource(kind, KubernetesNetworkConfig={"Ref": "Network"})

    assert the_one(tmp_path, old, new).lost
    assert the_one(tmp_path, new, other).lost


def test_who_refers_to_a_replaced_resource_is_replaced_and_so_on(tmp_path: Path) -> None:
    def network(cidr: str) -> dict[str, Any]:
        return {
            "Vpc": resource("AWS::EC2::VPC", CidrBlock=cidr),
            "Subnet": resource("AWS::EC2::Subnet", VpcId={"Ref": "Vpc"}),
            "Mount": resource("AWS::EFS::MountTarget", SubnetId={"Fn::Sub": "${Subnet}"}),
            "Alone": resource("AWS::EFS::MountTarget", SubnetId="subnet-1"),
            # A name that can be changed in place: updated by CloudFormation, not replaced.
            "Cluster": resource(
                "AWS::EKS::Cluster", ResourcesVpcConfig={"SubnetIds": [{"Ref": "Subnet"}]}
            ),
        }

    changes = compared(tmp_path, network("10.0.0.0/16"), network("10.1.0.0/16"))

    assert {one.logical_id: one.reasons for one in changes.resources} == {
        "Vpc": ("CidrBlock cannot be changed in place",),
        "Subnet": ("VpcId refers to Vpc, which is replaced",),
        "Mount": ("SubnetId refers to Subnet, which is replaced",),
    }


def test_resources_that_are_renamed_together_are_recognised(tmp_path: Path) -> None:
    def network(vpc: str, subnet: str) -> dict[str, Any]:
        return {
            vpc: resource("AWS::EC2::VPC", CidrBlock="10.0.0.0/16"),
            subnet: resource("AWS::EC2::Subnet", VpcId={"Ref": vpc}, CidrBlock="10.0.0.0/20"),
        }

    changes = compared(tmp_path, network("A", "ASubnet"), network("B", "BSubnet"))

    assert {one.logical_id: one.becomes for one in changes.resources} == {
        "A": "B",
        "ASubnet": "BSubnet",
    }


def test_a_property_is_told_with_its_path_and_both_values(tmp_path: Path) -> None:
    old = resource("AWS::EKS::Nodegroup", ScalingConfig={"MinSize": 1, "MaxSize": 2})
    new = resource("AWS::EKS::Nodegroup", ScalingConfig={"MinSize": 1, "MaxSize": 4})

    assert [str(one) for one in the_one(tmp_path, old, new).properties] == [
        "ScalingConfig.MaxSize: 2 -> 4"
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({}, {"A": {"Ref": "B"}}, "A: added ${Ref B}"),
        (
            {"A": {"Fn::Join": ["-", ["x", {"Ref": "AWS::Region"}]]}},
            {},
            "A: removed x-${AWS::Region}",
        ),
        ({"A": [1, 2]}, {"A": [1, 2, 3]}, "A[]: added 3"),
        ({"A": [{"B": 1}, {"B": 2}]}, {"A": [{"B": 1}, {"B": 3}]}, "A[1].B: 2 -> 3"),
        ({"A": [1, 2]}, {"A": [2, 1]}, "A: an order -> another order"),
        ({"A": True}, {"A": 1}, "A: true -> 1"),
        ({"A": True}, {"A": "true"}, "A: true of one type -> true of another type"),
        ({"A": f"{HASH}.zip"}, {"A": f"{OTHER_HASH}.zip"}, "A: asset"),
    ],
)
def test_a_difference_is_short_and_readable(old: object, new: object, told: str) -> None:
    assert [str(change) for change in property_changes(old, new)] == [told]


def test_a_long_value_is_shown_where_it_differs() -> None:
    (change,) = property_changes({"A": "x" * 500 + "old"}, {"A": "x" * 500 + "new"})

    assert str(change) == f"A: …{'x' * 20}old -> …{'x' * 20}new"


def test_a_digest_of_an_image_is_no_asset() -> None:
    (change,) = property_changes({"A": f"sha256:{HASH}"}, {"A": f"sha256:{OTHER_HASH}"})

    assert not change.asset


def test_an_asset_alone_is_told_as_such(tmp_path: Path) -> None:
    old, new = (
        resource("AWS::Lambda::Function", Code={"S3Key": key}) for key in (HASH, OTHER_HASH)
    )

    assert the_one(tmp_path, old, new).only_assets


@pytest.mark.parametrize("policy", ["DeletionPolicy", "UpdateReplacePolicy"])
def test_losing_the_policy_that_keeps_data_is_told_first(tmp_path: Path, policy: str) -> None:
    files = resource("AWS::EFS::FileSystem")
    changes = compared(tmp_path, {"It": files | {policy: "Retain"}}, {"It": files})

    (first, *_) = sections(changes)
    assert first.danger
    assert "would no longer be kept when it is removed or replaced" in first.lines[0]


def test_what_the_cdk_notes_for_itself_is_no_change(tmp_path: Path) -> None:
    def noted(path: str) -> dict[str, Any]:
        return {
            "It": resource("AWS::EC2::EIP") | {"Metadata": {"aws:cdk:path": path}},
            "CDKMetadata": resource("AWS::CDK::Metadata", Analytics=path),
        }

    assert compared(tmp_path, noted("a"), noted("b")).nothing


def test_an_output_that_changes_is_a_change(tmp_path: Path) -> None:
    old, new = (
        write_assembly(tmp_path / value, Outputs={"Address": {"Value": value}}) for value in "ab"
    )

    changes = compare(old, new)

    assert not changes.nothing
    assert [str(one.change) for one in changes.sections] == ["Outputs.Address.Value: a -> b"]
