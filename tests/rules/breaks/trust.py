"""Mistakes in who may become a role."""

from tests.rules.breaking import Break, add, put, swap
from tests.rules.checks.trust import (
    a_workload_role_is_for_accounts_of_one_namespace,
    federated_trust_names_exact_subjects,
    github_is_trusted_by_two_roles_only,
    no_resource_is_open_to_everybody,
    nobody_from_elsewhere_is_trusted,
    services_act_for_our_account_only,
)

ROLE = "AWS::IAM::Role"
DEPLOY = "github-deploy"
ISSUER = "token.actions.githubusercontent.com"
TRUST = "Properties/AssumeRolePolicyDocument/Statement/0"
CONDITION = f"{TRUST}/Condition"
KUBERNETES = "Custom::AWSCDKCfnJson"


def trusting(service: str) -> dict[str, object]:
    return {
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
        ]
    }


BREAKS = (
    Break(
        federated_trust_names_exact_subjects,
        swap("security", ROLE, '"StringEquals"', '"StringLike"', where=DEPLOY),
        "compares with StringLike",
    ),
    Break(
        federated_trust_names_exact_subjects,
        swap("security", ROLE, "repo:acme/triton:environment:prod", "repo:acme/*", where=DEPLOY),
        "names the subject 'repo:acme/*'",
    ),
    Break(
        federated_trust_names_exact_subjects,
        put("security", ROLE, f"{CONDITION}/StringEquals/{ISSUER}:sub", [], where=DEPLOY),
        "names no subject",
    ),
    Break(
        federated_trust_names_exact_subjects,
        swap("security", ROLE, f"{ISSUER}:aud", f"{ISSUER}:audience", where=DEPLOY),
        "GitHubDeploy66DAA426 is for the audience",
    ),
    Break(
        federated_trust_names_exact_subjects,
        swap("security", ROLE, f"{ISSUER}:", "gitlab.com:", where=DEPLOY),
        "GitHubDeploy66DAA426 names no subject",
    ),
    Break(
        federated_trust_names_exact_subjects,
        put("security", ROLE, CONDITION, {}, where=DEPLOY),
        "compares with nothing",
    ),
    Break(
        federated_trust_names_exact_subjects,
        swap("security", ROLE, "sts:AssumeRoleWithWebIdentity", "sts:*", where=DEPLOY),
        "may be taken by sts:*",
    ),
    Break(
        federated_trust_names_exact_subjects,
        swap("cluster", KUBERNETES, "kube-system:aws-node", "kube-system:*"),
        "names the subject 'system:serviceaccount:kube-system:*'",
    ),
    Break(
        github_is_trusted_by_two_roles_only,
        swap("security", ROLE, ":environment:prod", ":pull_request", where=DEPLOY),
        "may be taken for repo:acme",
    ),
    Break(
        github_is_trusted_by_two_roles_only,
        swap("security", ROLE, "repo:acme/triton:", "repo:acme/triton-evil:", where=DEPLOY),
        "trusts the repository acme/triton-evil",
    ),
    Break(
        github_is_trusted_by_two_roles_only,
        swap("security", ROLE, "-prod-github-read", "-prod-admin"),
        "trusts GitHub",
    ),
    Break(
        a_workload_role_is_for_accounts_of_one_namespace,
        swap("cluster", KUBERNETES, "kube-system:efs-csi-node-sa", "default:efs-csi-node-sa"),
        "is for several namespaces",
    ),
    Break(
        a_workload_role_is_for_accounts_of_one_namespace,
        swap("cluster", KUBERNETES, "serviceaccount:kube-system:aws-node", "serviceaccounts"),
        "is for system:serviceaccounts",
    ),
    Break(
        nobody_from_elsewhere_is_trusted,
        swap(
            "security", ROLE, "arn:aws:iam::111122223333:role/sre", "arn:aws:iam::999999999999:root"
        ),
        "trusts arn:aws:iam::999999999999:root",
    ),
    Break(
        nobody_from_elsewhere_is_trusted,
        swap("security", ROLE, "arn:aws:iam::111122223333:role/sre", "*"),
        "trusts *",
    ),
    Break(
        services_act_for_our_account_only,
        put("storage", ROLE, CONDITION, {}, where="datasync"),
        "lets datasync.amazonaws.com act for any account",
    ),
    Break(
        services_act_for_our_account_only,
        put("network", ROLE, CONDITION, {}, where="vpc-flow-logs"),
        "lets vpc-flow-logs.amazonaws.com act for any account",
    ),
    Break(
        services_act_for_our_account_only,
        swap("security", "AWS::S3::BucketPolicy", "aws:SourceAccount", "aws:SourceVpc"),
        "lets logging.s3.amazonaws.com act for any account",
    ),
    Break(
        services_act_for_our_account_only,
        swap("security", "AWS::KMS::Key", "111122223333:log-group:*", "*:log-group:*"),
        "lets logs.eu-central-1.amazonaws.com act for any account",
    ),
    Break(
        services_act_for_our_account_only,
        add("storage", ROLE, AssumeRolePolicyDocument=trusting("sns.amazonaws.com")),
        "trusts sns.amazonaws.com",
    ),
    Break(
        no_resource_is_open_to_everybody,
        swap("security", "AWS::KMS::Key", "kms:CallerAccount", "kms:GrantIsForAWSResource"),
        "is open to everybody",
    ),
    Break(
        no_resource_is_open_to_everybody,
        put(
            "storage",
            "AWS::S3::BucketPolicy",
            "Properties/PolicyDocument/Statement/+",
            {"Effect": "Allow", "Action": "s3:GetObject", "Principal": "*", "Resource": "*"},
        ),
        "is open to everybody",
    ),
)
