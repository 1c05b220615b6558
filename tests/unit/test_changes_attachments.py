"""Access that is attached rather than written: managed policies, boundaries, cluster access."""

from typing import Any

from tests.support.access import document, narrower, statement, wider
from tests.support.written_assembly import resource

ROLE = "AWS::IAM::Role"


def test_a_managed_policy_is_read_and_so_is_who_gets_it() -> None:
    def managed(roles: list[Any], *statements: Any) -> dict[str, Any]:
        given = document(*statements)
        return {"Read": resource("AWS::IAM::ManagedPolicy", PolicyDocument=given, Roles=roles)}

    old = managed([], statement())
    assert wider(old, managed([{"Ref": "Role"}], statement())) == [
        "role Role may do what Read allows"
    ]
    assert wider(old, managed([], statement(Action="s3:*"))) == [
        "managed policy Read may s3:* on arn:aws:s3:::m/*"
    ]


def test_a_managed_policy_that_a_role_gets_is_told() -> None:
    arn = {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":iam::aws:policy/Admin"]]}
    old = {"Role": resource(ROLE, ManagedPolicyArns=["x"])}
    new = {"Role": resource(ROLE, ManagedPolicyArns=["x", arn])}

    assert wider(old, new) == [
        "role Role may do what arn:${AWS::Partition}:iam::aws:policy/Admin allows"
    ]
    assert wider(new, old) == []


def test_a_permissions_boundary_that_falls_away_or_changes_is_told() -> None:
    none, one, other = (
        {"Role": resource(ROLE, **given)}
        for given in ({}, {"PermissionsBoundary": "one"}, {"PermissionsBoundary": "other"})
    )

    assert wider(one, none) == ["role Role loses its permissions boundary one"]
    assert wider(one, other) == ["role Role has another permissions boundary: one -> other"]
    assert wider(none, one) == []
    assert narrower(none, one) == ["role Role gets the permissions boundary one"]


def entry(*scopes: dict[str, Any], groups: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "Entry": resource(
            "AWS::EKS::AccessEntry",
            ClusterName={"Ref": "Cluster"},
            PrincipalArn={"Fn::GetAtt": ["Dev", "Arn"]},
            AccessPolicies=[{"PolicyArn": "edit", "AccessScope": scope} for scope in scopes],
            KubernetesGroups=list(groups),
        )
    }


def test_access_to_the_cluster_is_compared_by_namespace() -> None:
    one = entry({"Type": "namespace", "Namespaces": ["a"]})
    two = entry({"Type": "namespace", "Namespaces": ["a", "b"]})
    every = entry({"Type": "cluster"})

    assert wider(one, two) == ["cluster Cluster: Dev may do what edit allows on namespace b"]
    assert wider(two, every) == ["cluster Cluster: Dev may do what edit allows on everything"]
    assert wider(every, two) == wider(two, one) == []


def test_a_kubernetes_group_is_access_too() -> None:
    old, new = entry(), entry(groups=("system:masters",))

    assert wider(old, new) == [
        "cluster Cluster: Dev may do what Kubernetes group system:masters may"
    ]
    assert wider(new, old) == []


def test_a_service_account_that_gets_a_role_is_told() -> None:
    association = resource(
        "AWS::EKS::PodIdentityAssociation",
        ClusterName={"Ref": "Cluster"},
        Namespace="inference",
        ServiceAccount="triton",
        RoleArn={"Fn::GetAtt": ["Role", "Arn"]},
    )

    assert wider({}, {"It": association}) == [
        "trust of role Role: pods of service account inference/triton in cluster Cluster "
        "may sts:AssumeRole"
    ]


def test_a_function_that_others_may_invoke_is_told() -> None:
    def permitted(**limit: str) -> dict[str, Any]:
        who = {"Principal": "sns.amazonaws.com", "Action": "lambda:InvokeFunction"}
        return {"It": resource("AWS::Lambda::Permission", FunctionName="f", **who, **limit)}

    assert len(wider(permitted(SourceArn="arn"), permitted())) == 1
    assert wider(permitted(), permitted(SourceArn="arn")) == []
