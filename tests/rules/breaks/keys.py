"""Mistakes in keys."""

from tests.rules.breaking import Break, put, swap
from tests.rules.checks.keys import (
    administrators_use_no_key,
    keys_let_cloudformation_do_what_it_needs,
    keys_rotate,
    keys_work_through_their_services_only,
)

KEY = "AWS::KMS::Key"
POLICY = "Properties/KeyPolicy/Statement"

BREAKS = (
    Break(keys_rotate, put("security", KEY, "Properties/EnableKeyRotation", False), "Kubernetes"),
    Break(
        keys_work_through_their_services_only,
        put("security", KEY, f"{POLICY}/1/Condition", {}, where="s3.eu-central-1"),
        "security/ObjectsKey",
    ),
    Break(
        keys_work_through_their_services_only,
        put("security", KEY, f"{POLICY}/1/Condition", {}, where="log-group"),
        "security/LogsKey",
    ),
    Break(
        keys_work_through_their_services_only,
        put("security", KEY, f"{POLICY}/1/Principal", {"AWS": "*"}, where="Kubernetes secrets"),
        "security/KubernetesKey",
    ),
    Break(
        keys_work_through_their_services_only,
        put(
            "security",
            KEY,
            f"{POLICY}/+",
            {
                "Effect": "Allow",
                "Action": "kms:*",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Resource": "*",
            },
            where="secretsmanager",
        ),
        "security/SecretsKey",
    ),
    Break(
        keys_let_cloudformation_do_what_it_needs,
        swap("security", KEY, "kms:RetireGrant", "kms:Verify", where="container images"),
        "needs kms:RetireGrant, which the policy of security/ImagesKey",
    ),
    Break(
        administrators_use_no_key,
        swap("security", KEY, "kms:RevokeGrant", "kms:CreateGrant"),
        "administrators may use it",
    ),
)
