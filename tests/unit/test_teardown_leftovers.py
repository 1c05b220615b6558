"""What is found after a teardown: planted orphans, and nothing of anybody else's."""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from config.prices import load_prices
from operations.aws.account import Account
from operations.aws.session import open_session
from operations.teardown import kinds, leftovers
from operations.teardown.finders.secrecy import secrets
from operations.teardown.kinds import removal
from operations.teardown.leftovers import FINDERS, Leftover, Leftovers, State, find_leftovers
from operations.teardown.report import leftover_sections, leftover_verdict
from tests.support.aws_account import (
    ACCOUNT,
    CLUSTER_TAGS,
    TAGS,
    TARGET,
    AwsAccount,
    aws_account,
    refusal,
)
from tests.support.aws_answers import REGION
from tests.support.orphans import (
    CONTROLLER,
    STRANGER,
    plant_data,
    plant_disks,
    plant_network,
    tagged,
)


@pytest.fixture
def aws() -> Iterator[AwsAccount]:
    with aws_account() as account:
        yield account


def search() -> Leftovers:
    return find_leftovers(Account(open_session(), region=REGION), TARGET, load_prices())


def only(monkeypatch: pytest.MonkeyPatch, *kinds: str) -> None:
    """Search these kinds only: the others take time and are not what a test is about."""
    monkeypatch.setattr(leftovers, "FINDERS", {kind: FINDERS[kind] for kind in kinds})


def test_every_orphan_is_found_with_its_command_and_no_stranger(aws: AwsAccount) -> None:
    planted = plant_network(aws, TAGS, CONTROLLER)
    planted |= plant_disks(aws, TAGS, CLUSTER_TAGS)
    planted |= plant_data(aws, "triton-platform-dev", TAGS)
    plant_network(aws, STRANGER, STRANGER)
    plant_disks(aws, STRANGER, STRANGER)
    plant_data(aws, "triton-platform-prod", STRANGER)
    aws.calls.clear()

    found = search()

    unexpected = {one.id: one for one in found.of(State.UNEXPECTED)}
    assert unexpected.keys() == planted
    assert all(f"--region {REGION}" in one.remove for one in unexpected.values())
    assert all(name in " ".join(one.remove for one in unexpected.values()) for name in planted)
    assert {one.kind for one in unexpected.values()} == {
        "ECR repository",
        "EBS snapshot",
        "EBS volume",
        "EFS file system",
        "KMS key",
        "S3 bucket",
        "backup vault",
        "elastic IP",
        "launch template",
        "load balancer",
        "log group",
        "network interface",
        "security group",
        "target group",
    }
    assert not found.clean
    assert found.unseen == ()
    assert aws.changed == []


def test_costs_are_told_and_nothing_is_deleted(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "EBS volumes", "EBS snapshots", "elastic IPs")
    plant_disks(aws, TAGS, CLUSTER_TAGS)
    aws.client("ec2").allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip", TAGS))

    found = search()

    assert {one.kind: one.monthly_usd for one in found.items} == {
        "EBS volume": pytest.approx(1.60),
        "EBS snapshot": pytest.approx(1.00),
        "elastic IP": pytest.approx(3.65),
    }
    assert leftover_verdict(found) == (
        "3 left over, at least $6.25 a month. Nothing was deleted: the commands above do that."
    )


def test_an_instance_that_outlived_its_group_is_found(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "instances")
    ec2 = aws.client("ec2")
    started = [
        ec2.run_instances(
            ImageId="ami-1", MinCount=1, MaxCount=1, TagSpecifications=tagged("instance", tags)
        )["Instances"][0]["InstanceId"]
        for tags in (CLUSTER_TAGS, CLUSTER_TAGS, STRANGER)
    ]
    ec2.terminate_instances(InstanceIds=started[1:2])

    assert [one.id for one in search().items] == started[:1]


def test_what_goes_by_itself_has_its_day_and_is_not_unexpected(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "KMS keys", "secrets")
    kms, vault = aws.client("kms"), aws.client("secretsmanager")
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in TAGS]
    key = kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    secret = vault.create_secret(Name="triton-platform/dev/alert-webhook", SecretString="x")["ARN"]
    vault.delete_secret(SecretId=secret, RecoveryWindowInDays=7)

    found = search()

    in_a_week = (datetime.now(UTC) + timedelta(days=7)).date()
    scheduled = {one.id: one for one in found.of(State.SCHEDULED)}
    assert scheduled.keys() == {key, secret}
    for one in scheduled.values():
        assert one.goes_on is not None
        assert abs((one.goes_on - in_a_week).days) <= 1
        assert one.monthly_usd == 0
    assert scheduled[key].remove == ""  # a key's delay cannot be cut short
    assert "--force-delete-without-recovery" in scheduled[secret].remove
    assert found.clean
    assert leftover_verdict(found) == "Nothing unexpected is left."
    (section,) = leftover_sections(found)
    assert section.title == "Goes by itself"
    assert f"{scheduled[key].goes_on}, no sooner" in section.lines[0]


def test_a_secret_whose_deletion_was_asked_for_is_gone_in_a_month_at_the_latest(
    aws: AwsAccount,
) -> None:
    asked = datetime(2026, 11, 1, tzinfo=UTC)
    secret = {"ARN": "arn", "Name": "triton-platform/dev/x", "DeletedDate": asked}
    aws.answers["ListSecrets"] = lambda given: {"SecretList": [secret]}

    (found,) = secrets(Account(open_session(), region=REGION), TARGET)

    assert str(found.goes_on) == "2026-12-01"


def test_recovery_points_are_listed_one_by_one_with_their_vault(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "backup vaults")
    point = {"RecoveryPointArn": "arn:point", "ResourceArn": "arn:fs", "BackupSizeInBytes": 2**31}
    vault = {
        "BackupVaultName": "kept",
        "BackupVaultArn": "arn:vault",
        "NumberOfRecoveryPoints": 1,
    }
    aws.answers["ListBackupVaults"] = lambda given: {"BackupVaultList": [vault]}
    aws.answers["ListTags"] = lambda given: {"Tags": TARGET.tags}
    aws.answers["ListRecoveryPointsByBackupVault"] = lambda given: {"RecoveryPoints": [point]}

    found = search()

    assert {one.kind: one.remove for one in found.items} == {
        "backup vault": "aws backup delete-backup-vault --backup-vault-name kept "
        f"--region {REGION}",
        "recovery point": "aws backup delete-recovery-point --backup-vault-name kept "
        f"--recovery-point-arn arn:point --region {REGION}",
    }
    assert found.items[0].monthly_usd == pytest.approx(0.10)


def test_what_a_deleted_stack_retained_is_kept_on_purpose(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "S3 buckets")
    plant_data(aws, "triton-platform-dev", TAGS)
    bucket = {
        "Type": "AWS::S3::Bucket",
        "PhysicalId": "triton-platform-dev-storage-models",
        "DeletionPolicy": "Retain",
    }
    gone = bucket | {"PhysicalId": "deleted-by-hand-since"}
    aws.stacks.deploy("storage", status="DELETE_COMPLETE", resources={"M": bucket, "G": gone})

    found = search()

    (kept,) = found.of(State.KEPT)
    assert (kept.id, kept.kind) == ("triton-platform-dev-storage-models", "S3 bucket")
    assert found.clean
    assert leftover_verdict(found) == "Nothing unexpected is left, 1 kept on purpose."


def test_what_a_deleted_stack_did_not_retain_is_left_over(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "ECR repositories")
    plant_data(aws, "triton-platform-dev", TAGS)
    made_again = {"Type": "AWS::ECR::Repository", "PhysicalId": "triton-platform-dev/triton"}
    aws.stacks.deploy("registry", status="DELETE_COMPLETE", resources={"R": made_again})

    assert [one.id for one in search().of(State.UNEXPECTED)] == ["triton-platform-dev/triton"]


def test_what_living_stacks_hold_and_use_is_not_left_over(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "network interfaces", "EBS volumes", "S3 buckets", "log groups")
    plant_network(aws, TAGS, CONTROLLER)
    plant_disks(aws, TAGS, CLUSTER_TAGS)
    plant_data(aws, "triton-platform-dev", TAGS)
    bucket = {"Type": "AWS::S3::Bucket", "PhysicalId": "triton-platform-dev-storage-models"}
    aws.stacks.deploy("storage", resources={"M": bucket})
    aws.stacks.deploy("cluster")

    found = search()

    assert found.of(State.UNEXPECTED) == ()
    assert found.deployed == ("triton-platform-dev-cluster", "triton-platform-dev-storage")
    assert not found.clean


def test_what_aws_does_not_let_us_see_is_said_and_not_called_clean(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "ECR repositories", "log groups")

    def denied(given: dict[str, Any]) -> None:
        raise refusal("DescribeRepositories", "AccessDeniedException", "not authorized to see")

    aws.answers["DescribeRepositories"] = denied

    found = search()

    assert found.unseen == ("ECR repositories: DescribeRepositories: not authorized to see",)
    assert found.items == ()
    assert not found.clean


def test_what_only_the_tagging_service_names_is_not_yet_called_left_over(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch)
    prefix = f"arn:aws:sns:{REGION}:{ACCOUNT}"
    arns = [
        f"{prefix}:gone-or-not",
        f"{prefix}:in-a-living-stack",
        f"{prefix}:kept",
        f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/vol-1",  # a finder of its own looks at those
    ]
    aws.answers["GetResources"] = lambda given: {
        "ResourceTagMappingList": [{"ResourceARN": arn} for arn in arns]
    }
    topic = {"Type": "AWS::SNS::Topic"}
    aws.stacks.deploy("network", resources={"T": topic | {"PhysicalId": arns[1]}})
    aws.stacks.deploy(
        "security",
        status="DELETE_COMPLETE",
        resources={"K": topic | {"PhysicalId": arns[2], "DeletionPolicy": "Retain"}},
    )

    found = search()

    def told(one: Leftover) -> tuple[str, State, str]:
        return (one.id, one.state, one.kind)

    assert [told(one) for one in found.items] == [
        (arns[0], State.UNVERIFIED, "sns"),
        (arns[2], State.KEPT, "sns"),
    ]


def test_every_command_that_is_given_exists_with_its_options(aws: AwsAccount) -> None:
    from botocore import xform_name

    account = Account(open_session(), region=REGION)
    for kind in (name for name in vars(kinds).values() if str(name).startswith("AWS::")):
        _, service, command, *words = shlex.split(removal(account, kind, "an-id", "a-vault"))
        if (service, command) == ("s3", "rb"):
            continue  # no operation of the API, but a command of the AWS CLI
        client = aws.client(service)
        model = client.meta.service_model.operation_model(
            client.meta.method_to_api_mapping[command.replace("-", "_")]
        )
        known = {xform_name(name, "-") for name in model.input_shape.members}
        given = {word.removeprefix("--") for word in words if word.startswith("--")}
        assert given - {"region"} <= known, kind


def test_an_empty_account_is_clean(aws: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, "secrets", "KMS keys")

    assert search().clean
