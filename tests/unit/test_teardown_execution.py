"""The teardown itself: its order, what stops it, and that a second run goes on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import load_settings
from config.naming import DELIVERY_STACK, STACKS, stack_name
from config.prices import load_prices
from operations.aws.account import Account
from operations.aws.session import open_session
from operations.errors import OperationError
from operations.teardown.deletion import StackStuckError
from operations.teardown.execution import LoadBalancersStayError, RefusedError, tear_down
from operations.teardown.kubectl import Kubectl
from operations.teardown.kubernetes import KubernetesStuckError
from operations.teardown.patience import Patience
from operations.teardown.plan import make_plan
from tests.support.aws_account import (
    BALANCED_SERVICE,
    INGRESS,
    INNER_SERVICE,
    SCALED_OBJECT,
    TARGET,
    AwsAccount,
    FakeKubectl,
    aws_account,
    kubernetes_object,
)
from tests.support.aws_answers import REGION

HASTE = Patience(poll_seconds=0.001, kubernetes_seconds=0.2, stack_seconds=5)
BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/net/k8s-gw/1"


class Told:
    """Progress that is remembered."""

    def __init__(self) -> None:
        self.waited: list[str] = []
        self.steps: list[str] = []

    def waiting(self, text: str) -> None:
        self.waited.append(text)

    def done(self, text: str) -> None:
        self.steps.append(text)


@pytest.fixture
def aws() -> Iterator[AwsAccount]:
    with aws_account() as account:
        yield account


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeKubectl:
    fake = FakeKubectl(tmp_path / "bin")
    monkeypatch.setenv("PATH", fake.path)
    return fake


def run(
    told: Told | None = None, *, skip_kubernetes: bool = False, patience: Patience = HASTE
) -> tuple[str, ...]:
    account, kubectl = Account(open_session(), region=REGION), Kubectl()
    plan = make_plan(
        account,
        TARGET,
        load_settings("dev"),
        load_prices(),
        kubectl,
        skip_kubernetes=skip_kubernetes,
    )
    return tear_down(plan, account, kubectl, patience=patience, progress=told or Told())


def names(*nouns: str) -> list[str]:
    return [stack_name("dev", noun) for noun in nouns]


def has_balancer(aws: AwsAccount, is_there: Any = lambda: True) -> None:
    """A load balancer that the cluster's controller made, for as long as ``is_there`` says."""
    one = {"LoadBalancerArn": BALANCER, "LoadBalancerName": "k8s-gw"}
    other = {"LoadBalancerArn": f"{BALANCER}-other", "LoadBalancerName": "somebody-elses"}
    aws.answers["DescribeLoadBalancers"] = lambda given: {
        "LoadBalancers": [other, *([one] if is_there() else [])],
        "LoadBalancerDescriptions": [],
    }
    tags = {BALANCER: [{"Key": "elbv2.k8s.aws/cluster", "Value": TARGET.cluster}]}
    aws.answers["DescribeTags"] = lambda given: {
        "TagDescriptions": [
            {"ResourceArn": arn, "Tags": tags.get(arn, [])} for arn in given["ResourceArns"]
        ]
    }


def test_stacks_are_deleted_in_exactly_the_reverse_of_their_deployment(aws: AwsAccount) -> None:
    for noun in (*STACKS, DELIVERY_STACK):
        aws.stacks.deploy(noun)

    deleted = run()

    assert list(deleted) == names(DELIVERY_STACK, *reversed(STACKS))
    assert aws.stacks.deletions == list(deleted)


def test_each_stack_is_gone_before_the_next_is_begun(aws: AwsAccount) -> None:
    aws.stacks.deploy("network")
    serving = aws.stacks.deploy("serving")
    asked = aws.answers["DeleteStack"]

    def deleting(given: dict[str, Any]) -> Any:
        if "network" in given["StackName"]:
            assert serving.status == "DELETE_COMPLETE"
        return asked(given)

    aws.answers["DeleteStack"] = deleting
    told = Told()
    run(told)

    assert told.steps[-2:] == ["stack serving: deleted", "stack network: deleted"]
    assert "last: triton-platform-dev-serving DELETE_IN_PROGRESS" in told.waited[0]


def test_kubernetes_goes_first_load_balancers_before_custom_resources(
    aws: AwsAccount, kubectl: FakeKubectl
) -> None:
    aws.has_cluster()
    aws.stacks.deploy("cluster")
    has_balancer(aws, lambda: "Ingress" in kubectl.read("exposing"))
    kubectl.has("exposing", INGRESS, BALANCED_SERVICE, INNER_SERVICE)
    kubectl.has("custom", SCALED_OBJECT)
    told = Told()

    run(told)

    assert told.steps == [
        "Ingresses, Gateways and Services of type LoadBalancer: 2 deleted",
        "load balancers: none left in AWS",
        "custom resources: 1 deleted",
        "stack cluster: deleted",
    ]
    deleted = [
        f"{one['kind']} {one['metadata']['namespace']}/{one['metadata']['name']}"
        for text in kubectl.read("deleted").replace("}{", "}\n{").splitlines()
        for one in json.loads(text)["items"]
    ]
    assert deleted == [
        "Ingress inference/triton",
        "Service inference/gateway",
        "ScaledObject inference/triton",
    ]


def test_a_load_balancer_that_does_not_go_is_told_and_no_stack_touched(
    aws: AwsAccount, kubectl: FakeKubectl
) -> None:
    aws.has_cluster()
    aws.stacks.deploy("cluster")
    has_balancer(aws)

    with pytest.raises(LoadBalancersStayError) as caught:
        run()

    assert f"k8s-gw: aws elbv2 delete-load-balancer --load-balancer-arn {BALANCER}" in str(
        caught.value
    )
    assert "somebody-elses" not in str(caught.value)
    assert "No stack was touched" in str(caught.value)
    assert "log of the AWS Load Balancer Controller" in str(caught.value)
    assert aws.stacks.deletions == []
    assert aws.changed == []


@pytest.mark.parametrize("cluster", [True, False])
def test_an_orphaned_load_balancer_stops_at_once_when_nobody_would_delete_it(
    aws: AwsAccount, cluster: bool
) -> None:
    if cluster:
        aws.has_cluster()
    aws.stacks.deploy("network")
    has_balancer(aws)

    with pytest.raises(LoadBalancersStayError, match="No controller deletes them any more"):
        run(skip_kubernetes=True, patience=Patience(poll_seconds=0.001, kubernetes_seconds=2))

    assert aws.stacks.deletions == []


def test_an_object_whose_finalizer_nobody_serves_is_told_and_no_stack_touched(
    aws: AwsAccount, kubectl: FakeKubectl
) -> None:
    aws.has_cluster()
    aws.stacks.deploy("cluster")
    kubectl.write("stuck", "yes")
    going = {"finalizers": ["finalizer.keda.sh"], "deletionTimestamp": "2026-11-23T00:00:00Z"}
    kubectl.has("custom", kubernetes_object("ScaledObject", "t", "keda.sh/v1", metadata=going))

    with pytest.raises(KubernetesStuckError) as caught:
        run()

    assert "ScaledObject inference/t waits for finalizer.keda.sh" in str(caught.value)
    assert kubectl.read("deleted") == ""  # it was asked for before
    assert aws.stacks.deletions == []


def test_without_the_cluster_the_kubernetes_steps_are_left_out(
    aws: AwsAccount, kubectl: FakeKubectl
) -> None:
    aws.stacks.deploy("network")

    run()

    assert kubectl.read("calls") == ""
    assert aws.stacks.deletions == names("network")


def test_an_unreachable_cluster_stops_before_anything_unless_it_is_skipped(
    aws: AwsAccount, kubectl: FakeKubectl
) -> None:
    aws.has_cluster()
    aws.stacks.deploy("cluster")
    kubectl.write("down", "Unable to connect to the server")

    with pytest.raises(RefusedError, match=r"steps 1 and 2(.|\n)*Nothing was changed"):
        run()
    assert aws.stacks.deletions == []

    run(skip_kubernetes=True)
    assert aws.stacks.deletions == names("cluster")


def test_a_protected_cluster_stops_before_anything(aws: AwsAccount, kubectl: FakeKubectl) -> None:
    aws.has_cluster(deletionProtection=True)
    aws.stacks.deploy("cluster")
    kubectl.has("exposing", INGRESS)

    with pytest.raises(RefusedError, match="EKS protects cluster triton-platform-dev"):
        run()

    assert (aws.changed, kubectl.read("deleted")) == ([], "")


def test_a_stack_that_cannot_be_deleted_stops_and_names_the_resource(aws: AwsAccount) -> None:
    aws.stacks.deploy("serving")
    aws.stacks.deploy(
        "storage",
        resources={"Models": {"Type": "AWS::S3::Bucket", "PhysicalId": "models"}},
        sticks={"Models": "The bucket you tried to delete is not empty"},
    )
    aws.stacks.deploy("network")

    with pytest.raises(StackStuckError) as caught:
        run()

    assert "stack triton-platform-dev-storage could not be deleted" in str(caught.value)
    assert "Models (AWS::S3::Bucket Models-id): The bucket you tried to delete is not empty" in str(
        caught.value
    )
    assert "→ empty it in the S3 console" in str(caught.value)
    assert aws.stacks.deletions == names("serving", "storage")


def test_a_second_run_goes_on_at_what_still_exists(aws: AwsAccount) -> None:
    serving = aws.stacks.deploy("serving")
    storage = aws.stacks.deploy("storage", resources={"Models": {"Type": "X", "PhysicalId": "m"}})
    storage.sticks = {"Models": "an old reason"}
    network = aws.stacks.deploy("network")
    with pytest.raises(StackStuckError, match="an old reason"):
        run()

    storage.sticks = {}
    deleted = run()

    assert list(deleted) == names("storage", "network")
    assert aws.stacks.deletions == names("serving", "storage", "storage", "network")
    assert {serving.status, storage.status, network.status} == {"DELETE_COMPLETE"}


def test_only_the_newest_attempt_explains_a_failure(aws: AwsAccount) -> None:
    resources = {name: {"Type": "X", "PhysicalId": name} for name in ("Old", "New")}
    storage = aws.stacks.deploy("storage", resources=resources, sticks={"Old": "old"})
    with pytest.raises(StackStuckError, match="Old"):
        run()

    storage.sticks = {"New": "new"}
    with pytest.raises(StackStuckError) as caught:
        run()

    assert "New (X New-id): new" in str(caught.value)
    assert "Old" not in str(caught.value)


def test_a_deletion_that_already_runs_is_only_awaited(aws: AwsAccount) -> None:
    aws.stacks.deploy(
        "network",
        status="DELETE_IN_PROGRESS",
        steps=["DELETE_IN_PROGRESS"] * 3 + ["DELETE_COMPLETE"],
    )

    assert list(run()) == names("network")
    assert aws.stacks.deletions == []


def test_a_stack_that_takes_too_long_says_how_to_wait_on(aws: AwsAccount) -> None:
    network = aws.stacks.deploy("network")
    aws.answers["DeleteStack"] = lambda given: network.steps.append("DELETE_IN_PROGRESS")

    with pytest.raises(StackStuckError, match="Run the same command again to wait on"):
        run(patience=Patience(poll_seconds=0.001, stack_seconds=0.01))


def test_nothing_but_stacks_is_deleted_in_aws(aws: AwsAccount) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="models", CreateBucketConfiguration={"LocationConstraint": REGION})
    aws.stacks.deploy(
        "storage",
        resources={
            "Models": {
                "Type": "AWS::S3::Bucket",
                "PhysicalId": "models",
                "DeletionPolicy": "Retain",
            }
        },
    )
    aws.calls.clear()

    run()

    assert set(aws.changed) == {"DeleteStack"}
    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == ["models"]


def test_every_failure_is_one_that_the_command_line_explains() -> None:
    expected = (StackStuckError, LoadBalancersStayError, RefusedError, KubernetesStuckError)

    assert all(issubclass(error, OperationError) for error in expected)
