"""What every bucket of the platform has in common, said once."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct


def private_bucket(
    scope: Construct,
    construct_id: str,
    *,
    key: kms.IKey | None,
    lifecycle_rules: Sequence[s3.LifecycleRule],
    removal_policy: cdk.RemovalPolicy,
    access_logs: s3.IBucket | None = None,
    access_logs_prefix: str | None = None,
) -> s3.Bucket:
    """A versioned, encrypted bucket that is closed to the public and answers over TLS only.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        key: Encrypts the objects. ``None``: a key of S3, for what cannot be written with ours.
        lifecycle_rules: What ends, and when.
        removal_policy: ``DESTROY`` also empties the bucket, which CloudFormation cannot.
        access_logs: Where requests are logged. Default: nowhere.
        access_logs_prefix: Below which name there.
    """
    return s3.Bucket(
        scope,
        construct_id,
        versioned=True,
        encryption=s3.BucketEncryption.KMS if key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=key,
        bucket_key_enabled=True if key else None,
        enforce_ssl=True,
        minimum_tls_version=1.2,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
        server_access_logs_bucket=access_logs,
        server_access_logs_prefix=access_logs_prefix,
        lifecycle_rules=lifecycle_rules,
        removal_policy=removal_policy,
        auto_delete_objects=removal_policy is cdk.RemovalPolicy.DESTROY,
    )
