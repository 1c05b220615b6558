"""The bucket that holds every released model."""

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from platform_constructs.access_log_bucket import logged_to
from platform_constructs.private_bucket import private_bucket

# Below this prefix each release has a directory; only they are copied to the volume.
RELEASES = "releases"


class ModelStore(Construct):
    """A versioned, encrypted, private bucket that answers over TLS only.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        key: Encrypts the objects.
        access_logs_name: Bucket that takes the access logs.
        old_release_days: How long an object that was deleted or replaced can be brought back.
        removal_policy: ``DESTROY`` also empties the bucket, which CloudFormation cannot.

    Attributes:
        bucket: For callers that grant reading or writing.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: kms.IKey,
        access_logs_name: str,
        old_release_days: int,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)

        self.bucket = private_bucket(
            self,
            "Resource",
            key=key,
            access_logs=logged_to(access_logs_name, self),
            access_logs_prefix="models/",
            lifecycle_rules=[
                # A live release is never touched: deleting one is done on purpose,
                # and can be regretted for so long.
                s3.LifecycleRule(
                    noncurrent_version_expiration=cdk.Duration.days(old_release_days),
                    expired_object_delete_marker=True,
                ),
                s3.LifecycleRule(
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                ),
            ],
            removal_policy=removal_policy,
        )
