"""Access that IAM documents give more or less of."""

from dataclasses import replace
from typing import Any

import pytest

from operations.changes.access import access_changes
from operations.changes.grant import Grant
from operations.changes.resource import Fate, ResourceChange
from tests.support.access import compared, document, narrower, statement, wider
from tests.support.written_assembly import resource

ROLE = "AWS::IAM::Role"


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {
        "Policy": resource(
            "AWS::IAM::Policy", PolicyDocument=document(*statements), Roles=[{"Ref": "Role"}]
        ),
        "Role": resource(ROLE),
    }


BROADER = [
    pytest.param({}, {"Action": ["s3:GetObject", "s3:PutObject"]}, id="another action"),
    pytest.param({}, {"Action": "s3:*"}, id="a wildcard in the action"),
    pytest.param({"Action": "s3:Get?bject"}, {"Action": "s3:Get*bject"}, id="a wider wildcard"),
    pytest.param({}, {"Resource": "*"}, id="every resource"),
    pytest.param({"Condition": {"Bool": {"k": "true"}}}, {}, id="no condition any more"),
    pytest.param(
        {"Condition": {"StringEquals": {"k": ["a"]}}},
        {"Condition": {"StringEquals": {"k": ["a", "b"]}}},
        id="another value that fulfils the condition",
    ),
    pytest.param(
        {"Condition": {"StringNotEquals": {"k": ["a", "b"]}}},
        {"Condition": {"StringNotEquals": {"k": ["a"]}}},
        id="a value less that violates the condition",
    ),
    pytest.param(
        {"Action": None, "NotAction": ["iam:*", "s3:*"]},
        {"Action": None, "NotAction": ["iam:*"]},
        id="an exception less",
    ),
]


@pytest.mark.parametrize(("narrow", "broad"), BROADER)
def test_a_policy_that_allows_more_is_told(narrow: Any, broad: Any) -> None:
    old, new = policy(statement(**narrow)), policy(statement(**broad))

    (told,) = wider(old, new)
    assert told.startswith("role Role may ")


@pytest.mark.parametrize(("narrow", "broad"), BROADER)
def test_a_policy_that_allows_less_widens_nothing(narrow: Any, broad: Any) -> None:
    old, new = policy(statement(**broad)), policy(statement(**narrow))

    assert wider(old, new) == []
    assert [told.startswith("role Role may no longer") for told in narrower(old, new)] == [True]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([statement(Action=["a:B", "a:C"])], [statement(Action="a:B"), statement(Action="A:c")]),
        ([statement(Sid="One")], [statement(Sid="Two")]),
        ([statement(Action=["a:B", "a:C"])], [statement(Action=["a:C", "a:B"])]),
        (
            [statement(Resource={"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":x"]]})],
            [statement(Resource={"Fn::Sub": "arn:${AWS::Partition}:x"})],
        ),
        ([statement()], [statement(), statement(Action="s3:Get*", Effect="Deny")]),
        ([statement(Action="s3:*")], [statement(Condition={"Bool": {"k": "true"}})]),
        ([statement()], [{"Fn::If": ["C", statement(), {"Ref": "AWS::NoValue"}]}]),
    ],
)
def test_the_same_said_differently_widens_nothing(old: Any, new: Any) -> None:
    assert wider(policy(*old), policy(*new)) == []


def test_another_resource_is_told_even_when_only_cloudformation_knows_it() -> None:
    new = policy(statement(Resource={"Fn::GetAtt": ["Other", "Arn"]}))

    assert wider(policy(statement()), new) == ["role Role may s3:GetObject on ${GetAtt Other.Arn}"]


def test_the_condition_that_falls_away_is_named() -> None:
    condition = {"Bool": {"aws:SecureTransport": "true"}}

    (told,) = wider(policy(statement(Condition=condition)), policy(statement()))

    assert told == (
        "role Role may s3:GetObject on arn:aws:s3:::m/* "
        "(before only when aws:SecureTransport Bool true)"
    )


def test_a_statement_that_moves_into_the_role_widens_nothing() -> None:
    inline = {"PolicyName": "p", "PolicyDocument": document(statement())}
    moved = {"Role": resource(ROLE, Policies=[inline])}

    assert compared(policy(statement()), moved) == ()


def test_a_policy_that_another_role_gets_is_told() -> None:
    old = policy(statement())
    new = policy(statement())
    new["Policy"]["Properties"]["Roles"].append({"Ref": "Other"})

    assert wider(old, new) == ["role Other may s3:GetObject on arn:aws:s3:::m/*"]


def test_what_only_cloudformation_can_read_is_new_when_it_changes() -> None:
    old, new = (policy({"Fn::Transform": {"Name": name}}) for name in "ab")

    assert len(wider(old, new)) == 1


def test_who_may_assume_a_role_is_compared() -> None:
    def trusted(*services: str) -> dict[str, Any]:
        said = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": list(services)},
        }
        return {"Role": resource(ROLE, AssumeRolePolicyDocument=document(said))}

    more = "trust of role Role: Service b may sts:AssumeRole"
    assert wider(trusted("a"), trusted("a", "b")) == [more]
    assert wider(trusted("a", "b"), trusted("a")) == []


@pytest.mark.parametrize("anybody", ["*", {"AWS": "*"}])
def test_anybody_is_wider_than_somebody(anybody: Any) -> None:
    def trusted(principal: Any) -> dict[str, Any]:
        said = statement(Principal=principal)
        return {"Key": resource("AWS::KMS::Key", KeyPolicy=document(said))}

    somebody = {"AWS": "arn:aws:iam::1:root"}
    (told,) = wider(trusted(somebody), trusted(anybody))
    assert "anybody may" in told
    assert wider(trusted(anybody), trusted(somebody)) == []


@pytest.mark.parametrize(
    ("kind", "key", "subject"),
    [
        ("AWS::S3::BucketPolicy", "PolicyDocument", {"Bucket": {"Ref": "It"}}),
        ("AWS::KMS::Key", "KeyPolicy", {}),
        ("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", {"SecretId": {"Ref": "It"}}),
        ("AWS::EFS::FileSystem", "FileSystemPolicy", {}),
        ("AWS::ECR::Repository", "RepositoryPolicyText", {}),
        ("AWS::SQS::QueuePolicy", "PolicyDocument", {"Queues": [{"Ref": "It"}]}),
        ("AWS::SNS::TopicPolicy", "PolicyDocument", {"Topics": [{"Ref": "It"}]}),
        ("AWS::Backup::BackupVault", "AccessPolicy", {}),
        ("AWS::EC2::VPCEndpoint", "PolicyDocument", {}),
    ],
)
def test_every_policy_of_a_resource_is_read(kind: str, key: str, subject: dict[str, Any]) -> None:
    deny = statement(Effect="Deny", Principal="*")
    some = statement(Principal={"AWS": "a"})
    more = statement(Principal={"AWS": "b"})
    old, new, fewer = (
        {"It": resource(kind, **{key: document(*said)}, **subject)}
        for said in ([some, deny], [some, more, deny], [some])
    )

    assert wider(old, new) == ["policy of It: AWS b may s3:GetObject on arn:aws:s3:::m/*"]
    assert wider(new, old) == []
    assert wider(old, fewer) == [
        "policy of It: anybody is no longer denied s3:GetObject on arn:aws:s3:::m/*"
    ]
    assert narrower(fewer, old) == [
        "policy of It: anybody is denied s3:GetObject on arn:aws:s3:::m/*"
    ]


@pytest.mark.parametrize(
    ("kind", "key"),
    [("AWS::EFS::FileSystem", "FileSystemPolicy"), ("AWS::EC2::VPCEndpoint", "PolicyDocument")],
)
def test_without_its_policy_a_resource_may_be_open_to_everybody(kind: str, key: str) -> None:
    with_one = {"It": resource(kind, **{key: document(statement(Principal={"AWS": "a"}))})}
    without = {"It": resource(kind)}

    assert wider(with_one, without) == ["policy of It: anybody may * on everything"]
    assert wider(without, with_one) == []


def test_a_bucket_that_goes_with_its_denials_widens_nothing() -> None:
    denied = document(statement(Effect="Deny", Principal="*"))
    old = {
        "Store": resource("AWS::S3::Bucket"),
        "Policy": resource("AWS::S3::BucketPolicy", Bucket={"Ref": "Store"}, PolicyDocument=denied),
    }

    assert wider(old, {}) == []
    assert len(wider(old, {"Store": old["Store"]})) == 1


def test_a_renamed_role_is_compared_with_what_it_was() -> None:
    old, new = policy(statement()), policy(statement(), statement(Action="s3:PutObject"))
    new["Policy"]["Properties"]["Roles"] = [{"Ref": "Server"}]
    new["Server"] = new.pop("Role")
    renamed = ResourceChange(
        stack="main", logical_id="Role", type=ROLE, fate=Fate.REPLACED, becomes="Server"
    )

    found = access_changes({"main": {"Resources": old}}, {"main": {"Resources": new}}, [renamed])

    assert [one.what for one in found] == ["role Server may s3:PutObject on arn:aws:s3:::m/*"]


def test_what_is_denied_is_not_allowed() -> None:
    allowed = Grant(holder="role R", effect="Allow", principal="", action="s3:*", resource="*")

    assert allowed.covers(allowed)
    assert not replace(allowed, effect="Deny").covers(allowed)
