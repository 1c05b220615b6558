"""``tritonctl teardown --plan``: order, what stays and costs, and what is in the way."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import Settings, load_settings
from config.naming import DELIVERY_STACK, STACKS
from config.prices import load_prices
from operations.aws.account import Account
from operations.aws.session import open_session
from operations.errors import OperationError
from operations.teardown.kubectl import Kubectl
from operations.teardown.plan import Plan, make_plan
from operations.teardown.report import plan_sections, plan_verdict
from tests.support.aws_account import (
    BALANCED_SERVICE,
    CLUSTER_TAGS,
    INGRESS,
    INNER_SERVICE,
    SCALED_OBJECT,
    TARGET,
    AwsAccount,
    FakeKubectl,
    aws_account,
)
from tests.support.aws_answers import REGION

DEV = load_settings("dev")


@pytest.fixture
def aws() -> Iterator[AwsAccount]:
    with aws_account() as account:
        yield account


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKubectl:
    fake = FakeKubectl(tmp_path / "bin")
    monkeypatch.setenv("PATH", fake.path)
    return fake


def plan_of(settings: Settings = DEV, *, skip_kubernetes: bool = False) -> Plan:
    return make_plan(
        Account(open_session(), region=REGION),
        TARGET,
        settings,
        load_prices(),
        Kubectl(),
        skip_kubernetes=skip_kubernetes,
    )


def obstacles(plan: Plan) -> list[str]:
    return [one.what for one in plan.blockers if one.stops]


def bucket(name: str, **more: Any) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "PhysicalId": name} | more


def test_stacks_go_in_reverse_and_the_pipeline_that_brings_them_back_first(aws: AwsAccount) -> None:
    for noun in (*STACKS, DELIVERY_STACK):
        aws.stacks.deploy(noun)

    plan = plan_of()

    assert [stack.noun for stack in plan.stacks] == [DELIVERY_STACK, *reversed(STACKS)]
    assert plan.possible
    assert f"{len(STACKS) + 1} stacks of dev in account 123456789012" in plan_verdict(plan)


def test_only_stacks_that_exist_are_planned(aws: AwsAccount) -> None:
    aws.stacks.deploy("network")
    aws.stacks.deploy("serving", status="DELETE_COMPLETE")

    assert [stack.noun for stack in plan_of().stacks] == ["network"]


def test_a_plan_names_what_goes_and_changes_nothing(aws: AwsAccount, kubectl: FakeKubectl) -> None:
    aws.has_cluster()
    aws.stacks.deploy(
        "serving",
        resources={
            "Keda": {
                "Type": "Custom::AWSCDK-EKS-HelmChart",
                "PhysicalId": "keda",
                "Properties": {"Chart": "keda"},
            }
        },
    )
    kubectl.has("exposing", INGRESS, BALANCED_SERVICE, INNER_SERVICE)
    kubectl.has("custom", SCALED_OBJECT)

    plan = plan_of()

    titles = {section.title[:2]: section.lines for section in plan_sections(plan)}
    assert titles["1."] == ("Ingress inference/triton", "Service inference/gateway")
    assert titles["2."] == ("ScaledObject inference/triton",)
    assert titles["3."] == ("serving: keda",)
    assert titles["4."] == ("triton-platform-dev-serving: 2 resources, CREATE_COMPLETE",)
    assert aws.changed == []
    assert kubectl.read("deleted") == ""


def test_the_operators_own_kinds_are_asked_for_and_no_others(
    aws: AwsAccount, kubectl: FakeKubectl
) -> None:
    aws.has_cluster()

    plan_of()

    asked = [line.split()[2] for line in kubectl.read("calls").splitlines() if " get " in line]
    assert asked[1:] == [
        "ingresses.networking.k8s.io,services",
        "scaledobjects.keda.sh,canaries.flagger.app",
    ]


def test_what_a_template_retains_stays_with_size_and_cost(aws: AwsAccount) -> None:
    aws.client("s3").create_bucket(
        Bucket="models", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    aws.answers["GetMetricStatistics"] = lambda given: {
        "Datapoints": [{"Timestamp": 1, "Average": 100 * 2**30}]
    }
    key = {"Type": "AWS::KMS::Key", "PhysicalId": "key-1", "DeletionPolicy": "Retain"}
    aws.stacks.deploy(
        "storage", resources={"Models": bucket("models", DeletionPolicy="Retain"), "Key": key}
    )

    plan = plan_of()

    kept = {one.id: (one.kind, one.gib, one.monthly_usd) for one in plan.kept}
    assert kept == {
        "models": ("S3 bucket", 100.0, pytest.approx(2.30)),
        "key-1": ("KMS key", None, 1.0),
    }
    assert plan.monthly_usd == pytest.approx(3.30)
    assert "what stays costs about $3.30 a month" in plan_verdict(plan)


def test_a_bucket_that_was_never_counted_is_listed(aws: AwsAccount) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="models", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="models", Key="a", Body=b"x" * 2**20)
    aws.answers["GetMetricStatistics"] = lambda given: {"Datapoints": []}
    aws.stacks.deploy("storage", resources={"M": bucket("models", DeletionPolicy="Retain")})

    (kept,) = plan_of().kept

    assert kept.gib == pytest.approx(1 / 1024)


def test_a_template_in_yaml_is_read_too(aws: AwsAccount) -> None:
    aws.stacks.deploy("storage", resources={"Models": bucket("models")})
    aws.stacks.template_text = (
        "Resources:\n  Models:\n    Type: AWS::S3::Bucket\n    DeletionPolicy: Retain\n"
        "    Properties:\n      BucketName: !Sub '${AWS::StackName}-x'\n"
        "      Tags: !GetAtt [A, B]\n"
    )

    (stack,) = plan_of().stacks

    (models,) = [one for one in stack.resources if one.logical_id == "Models"]
    assert models.retained
    assert models.properties["BucketName"] == {"Fn::Sub": "${AWS::StackName}-x"}


def test_disks_of_claims_and_logs_of_services_are_said_to_stay(aws: AwsAccount) -> None:
    claim = {"Key": "kubernetes.io/created-for/pvc/name", "Value": "prometheus-0"}
    volume = aws.client("ec2").create_volume(
        AvailabilityZone=f"{REGION}a",
        Size=50,
        TagSpecifications=[{"ResourceType": "volume", "Tags": [*CLUSTER_TAGS, claim]}],
    )
    for name in ("/aws/eks/triton-platform-dev/cluster", "/aws/eks/triton-platform-prod/cluster"):
        aws.client("logs").create_log_group(logGroupName=name)
    aws.stacks.deploy("cluster")

    forgotten = {one.id: one for one in plan_of().forgotten}

    assert forgotten.keys() == {volume["VolumeId"], "/aws/eks/triton-platform-dev/cluster"}
    disk = forgotten[volume["VolumeId"]]
    assert disk.monthly_usd == pytest.approx(4.0)
    assert "prometheus-0" in disk.why
    assert f"delete-volume --volume-id {disk.id} --region {REGION}" in disk.remove


def test_protection_is_told_in_settings_cluster_and_stack(
    aws: AwsAccount, kubectl: FakeKubectl
) -> None:
    aws.has_cluster(deletionProtection=True)
    aws.stacks.deploy("storage", protected=True)
    cluster = DEV.cluster.model_copy(update={"deletion_protection": True})

    plan = plan_of(DEV.model_copy(update={"cluster": cluster}))

    assert not plan.possible
    assert obstacles(plan) == [
        "the settings of dev say cluster.deletion_protection = true",
        "EKS protects cluster triton-platform-dev from deletion",
        "termination protection of stack triton-platform-dev-storage is on",
    ]


def test_a_stack_that_is_being_updated_is_left_alone(aws: AwsAccount) -> None:
    aws.stacks.deploy("cluster", status="UPDATE_IN_PROGRESS")
    aws.stacks.deploy("network", status="DELETE_IN_PROGRESS")

    assert obstacles(plan_of()) == ["stack triton-platform-dev-cluster is UPDATE_IN_PROGRESS"]


def test_what_cloudformation_cannot_delete_because_it_is_full_is_told(aws: AwsAccount) -> None:
    for name in ("full", "emptied", "empty", "retained"):
        s3 = aws.client("s3")
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        if name != "empty":
            s3.put_object(Bucket=name, Key="a", Body=b"a")
    aws.client("ecr").create_repository(repositoryName="images")
    aws.answers["ListImages"] = lambda given: {"imageIds": [{"imageTag": "1"}]}
    aws.answers["ListRecoveryPointsByBackupVault"] = lambda given: {"RecoveryPoints": [{}, {}]}
    repository = {"Type": "AWS::ECR::Repository"}
    aws.stacks.deploy(
        "storage",
        resources={
            "Full": bucket("full"),
            "Emptied": bucket("emptied"),
            "Emptier": {
                "Type": "Custom::S3AutoDeleteObjects",
                "PhysicalId": "e",
                "Properties": {"BucketName": {"Ref": "Emptied"}},
            },
            "Empty": bucket("empty"),
            "Retained": bucket("retained", DeletionPolicy="Retain"),
            "Images": repository | {"PhysicalId": "images"},
            "Own": repository | {"PhysicalId": "own", "Properties": {"EmptyOnDelete": True}},
            "Vault": {"Type": "AWS::Backup::BackupVault", "PhysicalId": "vault"},
        },
    )

    plan = plan_of()

    assert "--backup-vault-name vault --recovery-point-arn" in plan.blockers[-1].fix
    assert obstacles(plan) == [
        "bucket full has objects",
        "repository images has images",
        "backup vault vault has 2 recovery points",
    ]


def test_a_secret_that_is_scheduled_is_told_and_stops_nothing(aws: AwsAccount) -> None:
    secrets = aws.client("secretsmanager")
    secrets.create_secret(Name="triton-platform/dev/ngc-api-key", SecretString="x")
    secrets.delete_secret(SecretId="triton-platform/dev/ngc-api-key")

    plan = plan_of()

    (note,) = plan.blockers
    assert "secret triton-platform/dev/ngc-api-key is scheduled for deletion by" in note.what
    assert plan.possible


def test_a_cluster_that_cannot_be_reached_names_the_steps_and_the_way_on(
    aws: AwsAccount, kubectl: FakeKubectl
) -> None:
    aws.has_cluster()
    kubectl.write("down", "E1 memcache.go\nUnable to connect to the server: i/o timeout\n")

    (blocker,) = plan_of().blockers

    assert "steps 1 and 2, load balancers and custom resources, cannot be done" in blocker.what
    assert "Unable to connect to the server: i/o timeout" in blocker.what
    assert "from inside its network" in blocker.what
    assert "--skip-kubernetes" in blocker.fix
    assert plan_of(skip_kubernetes=True).possible


def test_a_context_of_another_cluster_is_refused(aws: AwsAccount, kubectl: FakeKubectl) -> None:
    aws.has_cluster()
    kubectl.write("context", "https://PROD.gr7.eu-central-1.eks.amazonaws.com\nb3RoZXI=\n")

    (blocker,) = plan_of().blockers

    assert "leads to https://PROD.gr7.eu-central-1" in blocker.what
    assert "aws eks update-kubeconfig --region eu-central-1 --name triton-platform-dev" in (
        blocker.what
    )


def test_a_tunnel_is_recognised_by_the_certificate_authority(
    aws: AwsAccount, kubectl: FakeKubectl
) -> None:
    aws.has_cluster()
    kubectl.write("context", "https://localhost:8443\nQ0EgREFUQQ==\n")

    assert plan_of().possible


def test_without_kubectl_its_installation_is_asked_for(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.has_cluster()
    monkeypatch.setenv("PATH", "/nowhere")

    (blocker,) = plan_of().blockers

    assert "there is no kubectl on the PATH: install it" in blocker.what


def test_credentials_of_another_account_are_refused(aws: AwsAccount) -> None:
    with pytest.raises(OperationError, match="those of account 123456789012, but dev is in 9"):
        Account(open_session(), region=REGION).must_be("999999999999", "dev")


def test_every_price_has_a_source_and_a_day() -> None:
    prices = load_prices()

    assert prices.region == "us-east-1"
    assert prices.as_of.year >= 2026
    assert "efs" in prices.source
