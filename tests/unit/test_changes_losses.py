"""Changes that are refused because something that holds data would be lost."""

from pathlib import Path
from typing import Any

import pytest

from operations.changes.comparison import Changes, compare
from operations.changes.refusal import AllowError
from tests.support.written_assembly import resource, write_assembly

FILES = "AWS::EFS::FileSystem"
KEY = "AWS::KMS::Key"
BUCKET = "AWS::S3::Bucket"
CLUSTER = "AWS::EKS::Cluster"
KEPT = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}


def compared(tmp_path: Path, old: dict[str, Any], new: dict[str, Any], *allow: str) -> Changes:
    return compare(
        write_assembly(tmp_path / "old", old), write_assembly(tmp_path / "new", new), allow
    )


@pytest.mark.parametrize(
    ("kind", "old", "new", "path"),
    [
        (FILES, {"Encrypted": True}, {"Encrypted": False}, "Encrypted"),
        (FILES, {}, {"KmsKeyId": {"Ref": "Key"}}, "KmsKeyId"),
        (FILES, {"AvailabilityZoneName": "a"}, {}, "AvailabilityZoneName"),
        (BUCKET, {"BucketName": "models"}, {"BucketName": "others"}, "BucketName"),
        (CLUSTER, {"Name": "one"}, {"Name": "two"}, "Name"),
        (CLUSTER, {"RoleArn": "a"}, {"RoleArn": {"Fn::GetAtt": ["B", "Arn"]}}, "RoleArn"),
        (
            CLUSTER,
            {"KubernetesNetworkConfig": {"IpFamily": "ipv4", "ServiceIpv4Cidr": "10.0.0.0/16"}},
            {"KubernetesNetworkConfig": {"IpFamily": "ipv6", "ServiceIpv4Cidr": "10.0.0.0/16"}},
            "KubernetesNetworkConfig.IpFamily",
        ),
        ("AWS::SecretsManager::Secret", {"Name": "a"}, {"Name": "b"}, "Name"),
        (
            "AWS::ECR::Repository",
            {"EncryptionConfiguration": {"EncryptionType": "AES256"}},
            {"EncryptionConfiguration": {"EncryptionType": "KMS"}},
            "EncryptionConfiguration.EncryptionType",
        ),
        ("AWS::Backup::BackupVault", {"BackupVaultName": "a"}, {}, "BackupVaultName"),
        ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}, {"CidrBlock": "10.1.0.0/16"}, "CidrBlock"),
        ("AWS::EC2::VPC", {}, {"InstanceTenancy": "dedicated"}, "InstanceTenancy"),
        (
            "AWS::EC2::Subnet",
            {"AvailabilityZone": "a"},
            {"AvailabilityZone": "b"},
            "AvailabilityZone",
        ),
    ],
)
def test_a_replacement_of_what_holds_data_is_refused_with_the_property(
    tmp_path: Path, kind: str, old: dict[str, Any], new: dict[str, Any], path: str
) -> None:
    changes = compared(tmp_path, {"It": resource(kind, **old)}, {"It": resource(kind, **new)})

    (refused,) = changes.refused
    assert (refused.stack, refused.logical_id) == ("main", "It")
    assert kind in refused.why
    assert f"{path} cannot" in refused.why


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (FILES, {"ThroughputMode": "elastic"}, {"ThroughputMode": "bursting"}),
        (KEY, {"EnableKeyRotation": False}, {"EnableKeyRotation": True}),
        (BUCKET, {}, {"VersioningConfiguration": {"Status": "Enabled"}}),
        (CLUSTER, {"Version": "1.34"}, {"Version": "1.35"}),
        (
            CLUSTER,
            {"KubernetesNetworkConfig": {"IpFamily": "ipv4"}},
            {"KubernetesNetworkConfig": {"IpFamily": "ipv4", "ElasticLoadBalancing": {}}},
        ),
    ],
)
def test_an_update_in_place_is_not_refused(
    tmp_path: Path, kind: str, old: dict[str, Any], new: dict[str, Any]
) -> None:
    changes = compared(tmp_path, {"It": resource(kind, **old)}, {"It": resource(kind, **new)})

    assert [one.fate for one in changes.resources] == ["updated"]
    assert not changes.refused


@pytest.mark.parametrize("kind", [FILES, KEY, BUCKET, CLUSTER, "AWS::EC2::VPC"])
def test_a_removal_of_what_holds_data_is_refused(tmp_path: Path, kind: str) -> None:
    (refused,) = compared(tmp_path, {"It": resource(kind)}, {}).refused

    assert f"{kind} removed; deleted with" in refused.why


def test_what_stays_in_the_account_is_an_orphan_and_refused_too(tmp_path: Path) -> None:
    (refused,) = compared(tmp_path, {"Key": resource(KEY) | KEPT}, {}).refused

    assert "removed; orphaned: it stays in the account, managed by nobody" in refused.why


def test_the_policy_of_the_old_template_decides_at_a_removal(tmp_path: Path) -> None:
    (refused,) = compared(
        tmp_path, {"Key": resource(KEY)}, {"Renamed": resource(KEY) | KEPT}
    ).refused

    assert "deleted with" in refused.why


def test_a_replaced_one_that_is_kept_leaves_an_empty_one_in_its_place(tmp_path: Path) -> None:
    old, new = ({"It": resource(FILES, Encrypted=encrypted) | KEPT} for encrypted in (True, False))

    (refused,) = compared(tmp_path, old, new).refused

    assert refused.why.endswith("the new one starts empty")


def test_a_renamed_key_is_a_lost_key(tmp_path: Path) -> None:
    key = resource(KEY, EnableKeyRotation=True, Tags=[{"Key": "Name", "Value": "main/Old"}])
    tagged_anew = resource(KEY, EnableKeyRotation=True, Tags=[{"Key": "Name", "Value": "main/New"}])

    (refused,) = compared(tmp_path, {"Old": key}, {"New": tagged_anew}).refused

    assert refused.logical_id == "Old"
    assert "renamed to New, which CloudFormation creates anew" in refused.why


def test_a_bucket_that_moves_to_another_stack_is_lost(tmp_path: Path) -> None:
    bucket = {"Store": resource(BUCKET, BucketEncryption={})}
    old = write_assembly(tmp_path / "old", stacks={"one": bucket, "two": {}})
    new = write_assembly(tmp_path / "new", stacks={"one": {}, "two": bucket})

    (refused,) = compare(old, new).refused

    assert refused.stack == "one"
    assert "moved to stack two as Store" in refused.why


def test_a_stack_that_the_app_no_longer_has_takes_its_data_out_of_sight(tmp_path: Path) -> None:
    old = write_assembly(tmp_path / "old", stacks={"a": {}, "b": {"Store": resource(BUCKET)}})
    new = write_assembly(tmp_path / "new", stacks={"a": {}})

    changes = compare(old, new)

    (refused,) = changes.refused
    assert changes.removed_stacks == ("b",)
    assert "its stack is no longer in the app; nothing updates it any more" in refused.why


def test_a_stack_in_another_region_is_another_stack(tmp_path: Path) -> None:
    store = {"Store": resource(BUCKET)}
    old = write_assembly(tmp_path / "old", store)
    new = write_assembly(tmp_path / "new", store, region="us-east-1")

    changes = compare(old, new)

    assert changes.removed_stacks == ("main in eu-central-1",)
    assert changes.added_stacks == ("main in us-east-1",)
    assert [loss.logical_id for loss in changes.refused] == ["Store"]


def test_a_file_system_goes_with_the_key_that_it_refers_to(tmp_path: Path) -> None:
    files = resource(FILES, KmsKeyId={"Fn::GetAtt": ["Role", "Arn"]})
    old, new = (
        {"Role": resource("AWS::IAM::Role", RoleName=name), "Files": files} for name in "ab"
    )

    (refused,) = compared(tmp_path, old, new).refused

    assert refused.logical_id == "Files"
    assert "KmsKeyId refers to Role, which is replaced" in refused.why


def test_what_is_allowed_by_name_is_not_refused(tmp_path: Path) -> None:
    changes = compared(tmp_path, {"Key": resource(KEY), "Store": resource(BUCKET)}, {}, "Key")

    assert [loss.logical_id for loss in changes.refused] == ["Store"]
    assert {loss.logical_id: loss.allowed for loss in changes.losses} == {
        "Key": True,
        "Store": False,
    }


def test_allowing_what_is_not_refused_is_a_mistake_that_names_what_is(tmp_path: Path) -> None:
    with pytest.raises(
        AllowError, match=r"--allow Kye allows nothing; those that are refused: Key"
    ):
        compared(tmp_path, {"Key": resource(KEY)}, {}, "Kye")
    with pytest.raises(AllowError, match="nothing is refused"):
        compared(tmp_path, {}, {}, "Key")


def test_an_id_of_two_stacks_is_allowed_with_its_stack_only(tmp_path: Path) -> None:
    key = {"Key": resource(KEY)}
    old = write_assembly(tmp_path / "old", stacks={"a": key, "b": key})
    new = write_assembly(tmp_path / "new", stacks={"a": {}, "b": {}})

    with pytest.raises(AllowError, match="in several stacks: choose a/Key, b/Key"):
        compare(old, new, ["Key"])
    assert [loss.stack for loss in compare(old, new, ["b/Key"]).refused] == ["a"]


@pytest.mark.parametrize("kind", ["AWS::Logs::LogGroup", "AWS::EKS::Nodegroup", "AWS::IAM::Role"])
def test_other_removals_are_not_refused(tmp_path: Path, kind: str) -> None:
    assert not compared(tmp_path, {"It": resource(kind)}, {}).losses
