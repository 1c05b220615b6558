"""Where the buckets write who asked them for what."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from platform_constructs.acknowledgement import acknowledge
from platform_constructs.private_bucket import private_bucket


class AccessLogBucket(Construct):
    """A private bucket that takes the access logs of the account's buckets, for some days.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        retention_days: How long a log is kept.
        removal_policy: ``DESTROY`` also empties the bucket, which CloudFormation cannot.

    Attributes:
        bucket: Hand it on by its name, to ``logged_to``: CDK would write each bucket that logs
            here into this one's policy, from a stack that comes later.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        retention_days: int,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = private_bucket(
            self,
            "Resource",
            # The log delivery of S3 cannot write with a key of ours.
            key=None,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(retention_days),
                    noncurrent_version_expiration=cdk.Duration.days(1),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(1),
                )
            ],
            removal_policy=removal_policy,
        )
        self.bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="TakeAccessLogs",
                principals=[iam.ServicePrincipal("logging.s3.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[self.bucket.arn_for_objects("*")],
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            )
        )
        acknowledge(
            self.bucket, "the access logs themselves: logging them would loop", "AwsSolutions-S1"
        )


def logged_to(bucket_name: str, scope: Construct) -> s3.IBucket:
    """The bucket of access logs, for the bucket ``scope`` of a later stack to log to."""
    acknowledge(
        scope,
        "AccessLogBucket lets every bucket of the account log to it",
        "Annotation::@aws-cdk/aws-s3:accessLogsPolicyNotAdded",
    )
    return s3.Bucket.from_bucket_name(scope, "AccessLogs", bucket_name)
