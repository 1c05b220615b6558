"""What AWS says of a deployed environment: stacks, image, cluster, add-ons, nodes."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from config import Settings, load_settings, load_versions
from config.naming import STACKS, role_name, stack_name
from operations.deployment.examination import POLICY, examine_deployment
from operations.finding import Finding, Status
from serving.repository import Repository
from tests.support.aws_answers import ACCOUNT, Answer, AnsweringAccount, Refused
from tests.support.every_option import every_option_assembly
from tests.support.healthy_deployment import (
    addon_answer,
    cluster_answer,
    group_answer,
    healthy_deployment,
    stack_answer,
)

ROOT = Path(__file__).parents[2]
FILE = "config/environments/prod.toml"
NOTHING = Repository(path=Path("/"), models={}, problems=())

SETTINGS = load_settings("prod").model_copy(update={"account": ACCOUNT})
VERSIONS = load_versions()


def examined(*, of: Settings = SETTINGS, **changed: Any) -> list[Finding]:
    """The findings about a healthy environment of which one answer differs."""
    answers = {
        **healthy_deployment(SETTINGS, VERSIONS),
        **{question.replace("_", ":"): answer for question, answer in changed.items()},
    }
    return examine_deployment(of, VERSIONS, AnsweringAccount(answers), NOTHING, file=FILE)


def failures(**changed: Any) -> list[Finding]:
    return [one for one in examined(**changed) if one.status is Status.FAIL]


def failure(**changed: Any) -> Finding:
    (finding,) = failures(**changed)
    return finding


def stacks_in(**statuses: str | None) -> Callable[[Mapping[str, Any]], Answer]:
    """Every stack complete but those given by noun; ``None`` is no stack."""
    known = {stack_name("prod", noun): status for noun, status in statuses.items()}

    def answer(arguments: Mapping[str, Any]) -> Answer:
        name = arguments["StackName"]
        status = known.get(name, "CREATE_COMPLETE")
        return stack_answer(name, status) if status else Refused("ValidationError")

    return answer


def test_a_healthy_environment_is_told_line_by_line() -> None:
    findings = examined()

    assert [one.title for one in findings] == [
        "credentials",
        "stacks",
        "image",
        "cluster",
        "add-ons",
        *["nodes"] * len(SETTINGS.cluster.pools),
        "gateway",
    ]
    assert {one.status for one in findings[:-1]} == {Status.OK}
    assert "pool gpu is active, 2 of 2 to 4 nodes" in [one.found for one in findings]


@pytest.mark.parametrize(
    ("status", "meaning", "fix"),
    [
        ("ROLLBACK_COMPLETE", "could not be made", "aws cloudformation delete-stack"),
        ("ROLLBACK_FAILED", "could not be made", "aws cloudformation delete-stack"),
        ("CREATE_FAILED", "could not be made", "aws cloudformation delete-stack"),
        ("UPDATE_ROLLBACK_COMPLETE", "was taken back", "make deploy ENV=prod"),
        ("UPDATE_ROLLBACK_FAILED", "in between", "continue-update-rollback"),
        ("UPDATE_FAILED", "gave up in the middle", "make deploy ENV=prod"),
        ("DELETE_FAILED", "gave up in the middle", "describe-stack-events"),
        ("UPDATE_IN_PROGRESS", "being changed", "wait"),
        ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "being changed", "wait"),
        ("UPDATE_ROLLBACK_IN_PROGRESS", "being changed", "wait"),
        ("REVIEW_IN_PROGRESS", "planned", "make deploy ENV=prod"),
    ],
)
def test_a_stack_that_is_not_complete_is_named_with_what_to_do(
    status: str, meaning: str, fix: str
) -> None:
    found = failure(cloudformation_DescribeStacks=stacks_in(storage=status))

    assert found.found == f"triton-platform-prod-storage is {status}"
    assert meaning in found.meaning
    assert any(fix in one for one in found.fix)


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"])
def test_a_finished_stack_is_well(status: str) -> None:
    assert failures(cloudformation_DescribeStacks=stacks_in(storage=status)) == []


def test_missing_stacks_are_named() -> None:
    found = failure(cloudformation_DescribeStacks=stacks_in(cluster=None, serving=None))

    assert found.found == "there is no triton-platform-prod-cluster, triton-platform-prod-serving"
    assert "half-way" in found.meaning


def test_where_nothing_is_deployed_nothing_else_is_asked() -> None:
    nowhere = dict.fromkeys(STACKS)
    findings = examined(cloudformation_DescribeStacks=stacks_in(**nowhere))

    assert findings[1].found == "nothing of prod is deployed in eu-central-1"
    assert findings[1].fix == ("make deploy ENV=prod",)
    assert {one.status for one in findings[2:]} == {Status.SKIP}


@pytest.mark.parametrize("code", ["ImageNotFoundException", "RepositoryNotFoundException"])
def test_an_image_that_is_not_in_the_registry_fails_with_the_mirrors_command(code: str) -> None:
    found = failure(ecr_DescribeImages=Refused(code))

    assert "triton-platform-prod/tritonserver lacks 26.07-py3 (sha256:" in found.found
    assert "start-build --project-name triton-platform-prod-mirror" in found.fix[0]


def test_the_image_is_asked_for_by_its_digest() -> None:
    asked: list[Mapping[str, Any]] = []

    def answer(arguments: Mapping[str, Any]) -> Answer:
        asked.append(arguments)
        return {"imageDetails": [{}]}

    examined(ecr_DescribeImages=answer)

    digest = VERSIONS.mirrored["tritonserver"].digest
    assert asked[0]["imageIds"] == [{"imageDigest": digest}]


def test_without_a_cluster_its_parts_are_skipped() -> None:
    findings = examined(eks_DescribeCluster=Refused("ResourceNotFoundException"))

    (found,) = [one for one in findings if one.status is Status.FAIL]
    assert found.found == "there is no cluster triton-platform-prod in eu-central-1"
    assert [one.title for one in findings if one.found == found.found] == [
        "cluster",
        "add-ons",
        "nodes",
    ]


def test_a_cluster_that_is_not_active_fails() -> None:
    found = failure(eks_DescribeCluster=cluster_answer(SETTINGS, status="FAILED"))

    assert found.found == "triton-platform-prod is FAILED"


def test_a_cluster_of_another_version_fails() -> None:
    found = failure(eks_DescribeCluster=cluster_answer(SETTINGS, version="1.34"))

    assert found.found == "triton-platform-prod runs Kubernetes 1.34, the settings say 1.35"
    assert found.fix == ("make diff ENV=prod", "make deploy ENV=prod")


def test_every_issue_of_the_cluster_is_told() -> None:
    issue = {"code": "Ec2SubnetNotFound", "message": "gone", "resourceIds": ["subnet-1"]}
    found = failure(eks_DescribeCluster=cluster_answer(SETTINGS, health={"issues": [issue]}))

    assert found.found == "triton-platform-prod: Ec2SubnetNotFound: gone"
    assert found.fix == ("mend subnet-1",)


def addon_changed(name: str, answer: Answer) -> Callable[[Mapping[str, Any]], Answer]:
    def addon(arguments: Mapping[str, Any]) -> Answer:
        asked = arguments["addonName"]
        pins = VERSIONS.pins_of(SETTINGS.cluster.kubernetes).addons
        return answer if asked == name else addon_answer(asked, pins[asked])

    return addon


def test_an_addon_that_is_not_installed_fails() -> None:
    gone = addon_changed("coredns", Refused("ResourceNotFoundException"))

    assert failure(eks_DescribeAddon=gone).found == "coredns is not installed"


def test_a_degraded_addon_fails_with_what_eks_says() -> None:
    pin = VERSIONS.pins_of(SETTINGS.cluster.kubernetes).addons["coredns"]
    issues = {"issues": [{"code": "InsufficientNumberOfReplicas", "message": "0 of 2"}]}
    sick = addon_answer("coredns", pin, status="DEGRADED", health=issues)
    found = failure(eks_DescribeAddon=addon_changed("coredns", sick))

    assert found.found == "coredns is DEGRADED: InsufficientNumberOfReplicas: 0 of 2"


def test_an_addon_of_another_version_fails() -> None:
    other = addon_answer("coredns", "v1.0.0-eksbuild.1")
    found = failure(eks_DescribeAddon=addon_changed("coredns", other))

    assert found.found.startswith("coredns is v1.0.0-eksbuild.1, v1.13.2-eksbuild.31 is pinned")


def test_an_addon_that_the_settings_leave_out_is_not_asked_for() -> None:
    asked: list[str] = []

    def addon(arguments: Mapping[str, Any]) -> Answer:
        asked.append(arguments["addonName"])
        return addon_answer(arguments["addonName"], "v1")

    dev = load_settings("dev")
    answers = {**healthy_deployment(dev, VERSIONS), "eks:DescribeAddon": addon}
    examine_deployment(dev, VERSIONS, AnsweringAccount(answers), NOTHING, file=FILE)

    assert "vpc-cni" in asked
    assert "amazon-cloudwatch-observability" not in asked


def test_addons_of_a_version_without_pins_need_only_be_active() -> None:
    unpinned = VERSIONS.model_copy(update={"kubernetes": {}})
    account = AnsweringAccount(healthy_deployment(SETTINGS, VERSIONS))
    findings = examine_deployment(SETTINGS, unpinned, account, NOTHING, file=FILE)

    assert Status.FAIL not in {one.status for one in findings}


def group_changed(pool: str, **changed: Any) -> Callable[[Mapping[str, Any]], Answer]:
    def group(arguments: Mapping[str, Any]) -> Answer:
        name = arguments["nodegroupName"]
        (found,) = [one for one in SETTINGS.cluster.pools if name == f"Nodes{one.name}-x1"]
        return group_answer(
            name, found.name, found.min_size, **(changed if found.name == pool else {})
        )

    return group


def test_a_pool_without_a_node_group_fails() -> None:
    found = failure(eks_DescribeNodegroup=group_changed("gpu", labels={}))

    assert found.found == "pool gpu has no node group"


def test_a_node_group_that_is_not_active_fails() -> None:
    found = failure(eks_DescribeNodegroup=group_changed("gpu", status="DEGRADED"))

    assert found.found == "pool gpu: Nodesgpu-x1 is DEGRADED"


def test_every_issue_of_a_node_group_is_told() -> None:
    issues = {"issues": [{"code": "AsgInstanceLaunchFailures", "message": "no capacity"}]}
    found = failure(eks_DescribeNodegroup=group_changed("gpu", health=issues))

    assert found.found == "pool gpu: AsgInstanceLaunchFailures: no capacity"


def test_a_pool_below_its_minimum_fails() -> None:
    few = {"minSize": 0, "maxSize": 4, "desiredSize": 1}
    found = failure(eks_DescribeNodegroup=group_changed("gpu", scalingConfig=few))

    assert found.found == "pool gpu wants 1 nodes, the settings say 2 at least"


def test_a_question_that_may_not_be_asked_fails_and_stops_no_other() -> None:
    findings = examined(eks_DescribeCluster=Refused("AccessDeniedException"))

    (found,) = [one for one in findings if one.status is Status.FAIL]
    assert "may not call eks:DescribeCluster" in found.found
    assert [one.status for one in findings if one.title in {"add-ons", "nodes"}] == [Status.OK] * (
        1 + len(SETTINGS.cluster.pools)
    )


def test_with_credentials_of_another_account_nothing_is_asked() -> None:
    other = SETTINGS.model_copy(update={"account": "999999999999"})
    findings = examined(of=other)

    assert findings[0].status is Status.FAIL
    assert "the environment belongs to 999999999999" in findings[0].found
    assert {one.status for one in findings[1:]} == {Status.SKIP}


def test_the_documented_permissions_are_those_it_uses() -> None:
    account = AnsweringAccount(healthy_deployment(SETTINGS, VERSIONS))
    examine_deployment(SETTINGS, VERSIONS, account, NOTHING, file=FILE)

    text = (ROOT / POLICY).read_text(encoding="utf-8")
    blocks = re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    (policy,) = [block for block in map(json.loads, blocks) if "Statement" in block]
    allowed = {action for one in policy["Statement"] for action in one["Action"]}
    assert allowed == set(account.asked) - {"sts:GetCallerIdentity"}


def test_the_reading_role_of_the_workflows_has_them() -> None:
    stack = every_option_assembly().get_stack_by_name(stack_name("prod", "security"))
    resources = stack.template["Resources"]
    (role,) = [
        logical_id
        for logical_id, found in resources.items()
        if found.get("Properties", {}).get("RoleName") == role_name("prod", "github-read")
    ]
    granted = {
        action
        for found in resources.values()
        if {"Ref": role} in found.get("Properties", {}).get("Roles", [])
        for one in found["Properties"]["PolicyDocument"]["Statement"]
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
    }
    account = AnsweringAccount(healthy_deployment(SETTINGS, VERSIONS))
    examine_deployment(SETTINGS, VERSIONS, account, NOTHING, file=FILE)

    assert set(account.asked) <= granted
