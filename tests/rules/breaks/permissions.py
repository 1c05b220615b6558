"""Mistakes in what roles may do."""

from typing import Any

from tests.rules.breaking import GONE, Break, Change, put, swap
from tests.rules.checks.permissions import (
    every_action_exists,
    every_resource_is_named,
    every_role_has_the_boundary,
    no_data_lies_behind_a_wildcard,
    no_role_may_do_everything,
    roles_are_taken_by_name,
    the_boundary_cuts_off_nothing_that_a_role_was_given,
    the_boundary_lets_nobody_make_identities,
    the_deploy_role_takes_the_bootstrap_roles_only,
    the_read_role_neither_writes_nor_sees_data,
)

ROLE, POLICY, BOUNDARY = "AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"
STATEMENTS = "Properties/PolicyDocument/Statement/+"


def may(action: str, resource: str = "*", *, where: str = "", stack: str = "security") -> Change:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": action, "Resource": resource}
    return put(stack, POLICY, STATEMENTS, statement, where=where)


READ, DEPLOY = "GitHubRead", "GitHubDeploy"

BREAKS = (
    Break(
        every_role_has_the_boundary,
        put("network", ROLE, "Properties/PermissionsBoundary", GONE, where="lambda.amazonaws.com"),
        "network/CustomVpcRestrictDefaultSG",
    ),
    Break(
        every_role_has_the_boundary,
        put("delivery", ROLE, "Properties/PermissionsBoundary", GONE),
        "delivery/PipelineRole",
    ),
    Break(
        every_role_has_the_boundary,
        put("storage", ROLE, "Properties/PermissionsBoundary", "arn:aws:iam::aws:policy/PowerUser"),
        "has no boundary",
    ),
    Break(
        the_boundary_lets_nobody_make_identities,
        swap("security", BOUNDARY, "iam:CreateServiceLinkedRole", "iam:PassRole"),
        "allows iam:passrole",
    ),
    Break(
        the_boundary_lets_nobody_make_identities,
        swap("security", BOUNDARY, "iam:CreateServiceLinkedRole", "iam:CreateRole"),
        "allows iam:createrole",
    ),
    Break(
        the_boundary_lets_nobody_make_identities,
        swap("security", BOUNDARY, "iam:CreateServiceLinkedRole", "iam:*"),
        "allows iam:attachuserpolicy",
    ),
    Break(
        the_boundary_cuts_off_nothing_that_a_role_was_given,
        swap("security", BOUNDARY, "servicequotas:*", "shield:*"),
        "was given servicequotas:getservicequota, which the boundary cuts off",
    ),
    Break(
        the_boundary_lets_nobody_make_identities,
        swap("security", BOUNDARY, "acm:*", "*"),
        "allows *",
    ),
    Break(
        the_boundary_lets_nobody_make_identities,
        swap("security", BOUNDARY, "acm:*", "organizations:*"),
        "allows organizations:*",
    ),
    Break(
        the_deploy_role_takes_the_bootstrap_roles_only,
        may("cloudformation:CreateStack", where=DEPLOY),
        "may cloudformation:CreateStack",
    ),
    Break(
        the_deploy_role_takes_the_bootstrap_roles_only,
        swap("security", POLICY, "cdk-hnb659fds-lookup-role", "cdk-hnb659fds-cfn-exec-role"),
        "cdk-hnb659fds-cfn-exec-role",
    ),
    Break(
        the_deploy_role_takes_the_bootstrap_roles_only,
        put(
            "security",
            ROLE,
            "Properties/ManagedPolicyArns",
            ["arn:aws:iam::aws:policy/AdministratorAccess"],
            where="github-deploy",
        ),
        "has arn:aws:iam::aws:policy/AdministratorAccess",
    ),
    Break(
        the_read_role_neither_writes_nor_sees_data,
        may("ec2:CreateTags", where=READ),
        "may ec2:createtags, which is Tagging",
    ),
    Break(
        the_read_role_neither_writes_nor_sees_data,
        may("codebuild:Start*", where=READ),
        "may codebuild:startbuild, which is Write",
    ),
    Break(
        the_read_role_neither_writes_nor_sees_data,
        may("secretsmanager:Get*", where=READ),
        "may secretsmanager:GetSecretValue",
    ),
    Break(
        the_read_role_neither_writes_nor_sees_data,
        may("s3:GetObject", "arn:aws:s3:::models/*", where=READ),
        "may s3:GetObject",
    ),
    Break(
        the_read_role_neither_writes_nor_sees_data,
        put(
            "security",
            ROLE,
            "Properties/ManagedPolicyArns",
            ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
            where="github-read",
        ),
        "has arn:aws:iam::aws:policy/ReadOnlyAccess",
    ),
    Break(no_role_may_do_everything, may("*"), "may *"),
    Break(no_role_may_do_everything, may("s3:*", "arn:aws:s3:::m", stack="storage"), "may s3:*"),
    Break(
        no_role_may_do_everything,
        put(
            "network",
            ROLE,
            "Properties/Policies/0/PolicyDocument/Statement/0/Action",
            "ec2:*",
            where="Policies",
        ),
        "may ec2:*",
    ),
    Break(every_resource_is_named, may("eks:DescribeCluster"), "may eks:DescribeCluster"),
    Break(every_resource_is_named, may("lambda:Invoke*", stack="cluster"), "may lambda:Invoke*"),
    Break(
        no_data_lies_behind_a_wildcard,
        may("s3:GetObject*", "arn:aws:s3:::*", stack="storage"),
        "may s3:GetObject on arn:aws:s3:::*",
    ),
    Break(
        no_data_lies_behind_a_wildcard,
        may("kms:Decrypt", "arn:aws:kms:eu-central-1:111122223333:key/*", stack="storage"),
        "may kms:Decrypt",
    ),
    Break(
        no_data_lies_behind_a_wildcard,
        may(
            "secretsmanager:Get*",
            "arn:aws:secretsmanager:eu-central-1:111122223333:secret:*",
            stack="cluster",
        ),
        "may secretsmanager:GetSecretValue",
    ),
    Break(every_action_exists, may("s3:ReadObject"), "may s3:ReadObject, which is no action"),
    Break(every_action_exists, may("efs:Client*"), "may efs:Client*, which is no action"),
    Break(
        roles_are_taken_by_name,
        may("sts:AssumeRole", "arn:aws:iam::111122223333:role/*"),
        "may take arn:aws:iam::111122223333:role/*",
    ),
)
