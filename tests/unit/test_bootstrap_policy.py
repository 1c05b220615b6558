"""``config/bootstrap_policy.json``: CloudFormation may make the platform, and little else.

What it needs is read from the schemas of CloudFormation, which name the actions that each resource
type's handler calls.
"""

import json
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from config import environment_names
from config.naming import PROJECT, boundary_name
from tests.rules.statements import expanded, known_actions
from tests.support.every_option import every_option_assembly
from tests.support.workflows import ROOT

if TYPE_CHECKING:
    from aws_cdk import cx_api

TEXT = (ROOT / "config" / "bootstrap_policy.json").read_text(encoding="utf-8")
POLICY = json.loads(TEXT)
# Characters of a managed policy; AWS does not count white space.
LIMIT = 6144

# What handlers call for properties that we do not set, or by names that are no action.
NOT_NEEDED = {
    "billing:*": "budgets of a billing view",
    "firehose:*": "logs to Firehose",
    "fsx:*": "copies to FSx",
    "iam:*Group*": "no group has our policies",
    "iam:*InstanceProfile": "nodes of EKS Auto Mode",
    "iam:*User*": "no user has our policies",
    "iam:AssumeRole": "no action of this name",
    "iam:DeleteRolePermissionsBoundary": "denied on purpose",
    "logs:*IndexPolicy": "fields of a log that are indexed",
    "s3files:*": "functions with S3 file systems",
    "s3tables:*": "metadata tables of buckets",
    "vpc-lattice:*": "endpoints of VPC Lattice",
    "vpce:*": "endpoints in other regions",
}
# Physical names that are written in templates: type, property, and the ARN without its beginning.
NAMES = {
    ("AWS::CloudWatch::Alarm", "AlarmName"): "cloudwatch:r:a:alarm:{}",
    ("AWS::ECR::Repository", "RepositoryName"): "ecr:r:a:repository/{}",
    ("AWS::EKS::Cluster", "Name"): "eks:r:a:cluster/{}",
    ("AWS::IAM::ManagedPolicy", "ManagedPolicyName"): "iam::a:policy/{}",
    ("AWS::IAM::Role", "RoleName"): "iam::a:role/{}",
    ("AWS::Lambda::Function", "FunctionName"): "lambda:r:a:function:{}",
    ("AWS::Logs::LogGroup", "LogGroupName"): "logs:r:a:log-group:{}",
    ("AWS::SNS::Topic", "TopicName"): "sns:r:a:{}",
    ("AWS::SSM::Parameter", "Name"): "ssm:r:a:parameter/{}",
    ("AWS::SecretsManager::Secret", "Name"): "secretsmanager:r:a:secret:{}-x",
}

Assemblies = list["cx_api.CloudAssembly"]


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(effect: str) -> list[dict[str, Any]]:
    return [one for one in POLICY["Statement"] if one["Effect"] == effect]


def covers(statement: dict[str, Any], action: str) -> bool:
    return any(fnmatchcase(action.lower(), one.lower()) for one in listed(statement["Action"]))


def allowed(action: str) -> bool:
    """Whether some statement allows an action, on ARNs only where it can be limited to them."""
    # An action too new for the data is taken for one that can be limited.
    _, limitable = known_actions().get(action.lower(), ("", True))
    return any(
        covers(one, action) and (limitable or one["Resource"] == "*") for one in statements("Allow")
    )


@pytest.fixture(scope="module")
def assemblies(cloud_assembly: "Callable[[str], cx_api.CloudAssembly]") -> Assemblies:
    """Every environment as it is shipped, and one in which every option is used."""
    return [*map(cloud_assembly, environment_names()), every_option_assembly()]


def resources(assemblies: Assemblies) -> Iterator[dict[str, Any]]:
    for assembly in assemblies:
        for stack in assembly.stacks:
            yield from stack.template["Resources"].values()
        yield from resources([one.nested_assembly for one in assembly.nested_assemblies])


@cache
def needs(resource_type: str) -> frozenset[str]:
    """The actions that CloudFormation calls for a resource of this type."""
    if resource_type.startswith(("Custom::", "AWS::CloudFormation::CustomResource")):
        return frozenset({"lambda:InvokeFunction"})
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", resource_type).schema
    return frozenset(
        action
        for handler in schema.get("handlers", {}).values()
        for action in handler.get("permissions", ())
        if not any(fnmatchcase(action, pattern) for pattern in NOT_NEEDED)
    )


def test_it_is_one_managed_policy() -> None:
    assert POLICY["Version"] == "2012-10-17"
    assert len("".join(TEXT.split())) <= LIMIT
    sids = [one["Sid"] for one in POLICY["Statement"]]
    assert len(set(sids)) == len(sids)


def test_cloudformation_may_make_every_resource_of_every_template(assemblies: Assemblies) -> None:
    types = {one["Type"] for one in resources(assemblies)} - {"AWS::CDK::Metadata"}
    assert len(types) > 40

    lacking = {
        kind: [action for action in sorted(needs(kind)) if not allowed(action)] for kind in types
    }
    assert {kind: actions for kind, actions in lacking.items() if actions} == {}


def test_each_service_of_a_template_is_named(assemblies: Assemblies) -> None:
    # A few types, CodeBuild's among them, do not tell what they call.
    prefixes = {"EFS": "elasticfilesystem", "Lambda": "lambda"}
    for kind in {one["Type"] for one in resources(assemblies)}:
        if kind.startswith("AWS::") and kind != "AWS::CDK::Metadata":
            service = kind.split("::")[1]
            prefix = prefixes.get(service, service.lower())
            assert any(
                action.startswith(f"{prefix}:")
                for one in statements("Allow")
                for action in listed(one["Action"])
            ), kind


def test_names_that_templates_choose_are_within_what_is_allowed(assemblies: Assemblies) -> None:
    patterns = [
        pattern
        for one in statements("Allow")
        for pattern in listed(one["Resource"])
        if pattern != "*"
    ]
    seen = set()
    for resource in resources(assemblies):
        for (kind, key), arn in NAMES.items():
            name = resource.get("Properties", {}).get(key)
            if resource["Type"] == kind and isinstance(name, str):
                seen.add(kind)
                full = f"arn:aws:{arn.format(name.lstrip('/') if 'parameter' in arn else name)}"
                assert any(fnmatchcase(full, pattern) for pattern in patterns), full
    assert "AWS::ECR::Repository" in seen


def test_roles_go_to_the_services_that_take_them(assemblies: Assemblies) -> None:
    (pass_role,) = [one for one in statements("Allow") if covers(one, "iam:PassRole")]
    services = {
        service
        for resource in resources(assemblies)
        if resource["Type"] == "AWS::IAM::Role"
        for trust in resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        for service in listed(trust["Principal"].get("Service", []))
    }

    assert services <= set(pass_role["Condition"]["StringEquals"]["iam:PassedToService"])
    assert pass_role["Resource"] == "arn:*:iam::*:role/triton-platform-*"


def test_a_cluster_is_granted_its_key_and_no_key_of_others(assemblies: Assemblies) -> None:
    # EKS makes its grant as the caller, without saying that it is for a resource of AWS.
    (tagged,) = [
        one["Condition"]["StringEquals"]
        for one in statements("Allow")
        if covers(one, "kms:CreateGrant") and "StringEquals" in one["Condition"]
    ]
    keys = [one for one in resources(assemblies) if one["Type"] == "AWS::KMS::Key"]

    assert tagged == {"aws:ResourceTag/Project": PROJECT}
    assert len(keys) > 7
    for key in keys:
        assert {"Key": "Project", "Value": PROJECT} in key["Properties"]["Tags"]
    assert all(
        one.get("Condition") for one in statements("Allow") if covers(one, "kms:CreateGrant")
    )


def test_it_knows_no_action_that_aws_does_not() -> None:
    for one in POLICY["Statement"]:
        for action in listed(one["Action"]):
            assert expanded(action), action


def test_nothing_is_allowed_altogether() -> None:
    for one in statements("Allow"):
        assert not {"*", "*:*", "iam:*", "ec2:*", "kms:*", "sts:*"} & set(listed(one["Action"]))
        if one["Resource"] == "*":
            wider = [action for action in listed(one["Action"]) if action.endswith(":*")]
            # Of these even the resources' names are chosen by AWS.
            assert set(wider) <= {
                "backup:*",
                "codepipeline:*",
                "datasync:*",
                "elasticfilesystem:*",
            }


@pytest.mark.parametrize(
    "action",
    [
        "iam:CreateUser",
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:AddUserToGroup",
        "iam:PutUserPolicy",
        "iam:CreateInstanceProfile",
        "organizations:LeaveOrganization",
        "account:CloseAccount",
        "sts:AssumeRole",
        "ec2:TerminateInstances",
        "ec2:DeleteVolume",
        "kms:DisableCustomKeyStore",
        "cloudtrail:StopLogging",
    ],
)
def test_what_the_platform_never_needs_is_not_allowed(action: str) -> None:
    assert not any(covers(one, action) for one in statements("Allow"))


def denied(action: str, resource: str, **context: str) -> bool:
    """Whether a statement denies, by the two operators that the file uses."""
    for one in statements("Deny"):
        if not covers(one, action):
            continue
        if not any(fnmatchcase(resource, pattern) for pattern in listed(one["Resource"])):
            continue
        conditions = one.get("Condition", {})
        assert conditions.keys() <= {"StringNotLike"}
        # A key that is not in the request is not like anything.
        if all(
            not any(
                fnmatchcase(context.get(key.partition(":")[2], ""), value)
                for value in listed(values)
            )
            for key, values in conditions.get("StringNotLike", {}).items()
        ):
            return True
    return False


ROLE = "arn:aws:iam::111122223333:role/triton-platform-dev-x"


@pytest.mark.parametrize("action", ["iam:CreateRole", "iam:PutRolePermissionsBoundary"])
def test_a_role_without_the_boundary_of_an_environment_cannot_be_made(action: str) -> None:
    policy = "arn:aws:iam::111122223333:policy/"

    assert denied(action, ROLE)
    assert denied(action, ROLE, PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess")
    assert denied(action, ROLE, PermissionsBoundary=f"{policy}triton-platform-wide-boundary")
    for environment in environment_names():
        assert not denied(action, ROLE, PermissionsBoundary=policy + boundary_name(environment))


@pytest.mark.parametrize("kind", ["Role", "User"])
def test_a_boundary_cannot_be_taken_off(kind: str) -> None:
    assert denied(f"iam:Delete{kind}PermissionsBoundary", ROLE)


@pytest.mark.parametrize("action", ["CreatePolicyVersion", "SetDefaultPolicyVersion"])
def test_the_policy_cannot_widen_itself(action: str) -> None:
    # The name by which doctor and docs/delivery.md tell to create it.
    name = "triton-platform-deploy"
    told = [ROOT / "docs" / "delivery.md", ROOT / "operations" / "doctor" / "bootstrap.py"]

    assert denied(f"iam:{action}", f"arn:aws:iam::111122223333:policy/{name}")
    assert not denied(f"iam:{action}", "arn:aws:iam::111122223333:policy/triton-platform-dev-x")
    assert all(name in path.read_text(encoding="utf-8") for path in told)


def test_every_role_of_every_template_has_a_boundary(assemblies: Assemblies) -> None:
    for resource in resources(assemblies):
        if resource["Type"] == "AWS::IAM::Role":
            assert "PermissionsBoundary" in resource["Properties"]


def test_all_that_is_left_out_is_needed_by_somebody(assemblies: Assemblies) -> None:
    called = {
        action
        for kind in {one["Type"] for one in resources(assemblies)}
        if kind.startswith("AWS::") and kind != "AWS::CDK::Metadata"
        for handler in PROVIDER_SCHEMA_MANAGER.get_resource_schema("eu-central-1", kind)
        .schema.get("handlers", {})
        .values()
        for action in handler.get("permissions", ())
    }

    idle = {
        pattern
        for pattern in NOT_NEEDED
        if not any(fnmatchcase(action, pattern) and not allowed(action) for action in called)
    }
    assert idle == set(), "remove it from NOT_NEEDED"
