"""A repository of container images that cannot be overwritten."""

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from constructs import Construct

# Of an image that is built anew with every change, this many are worth going back to.
_KEPT_IMAGES = 30


class ImageRepository(Construct):
    """An ECR repository: immutable tags, scan on push, a key of ours, old images dropped.

    Args:
        scope: Parent construct.
        construct_id: Id within the parent; part of the logical ids, so stable.
        name: Name of the repository.
        key: Encrypts the layers.
        removal_policy: ``DESTROY`` also deletes the images.

    Attributes:
        repository: For callers that push, pull, or name an image.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        key: kms.IKey,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        self.repository = ecr.Repository(
            self,
            "Resource",
            repository_name=name,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            image_scan_on_push=True,
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=key,
            lifecycle_rules=[
                ecr.LifecycleRule(
                    description="what no tag names any more",
                    tag_status=ecr.TagStatus.UNTAGGED,
                    max_image_age=cdk.Duration.days(14),
                    rule_priority=1,
                ),
                ecr.LifecycleRule(
                    description="what is too old to go back to",
                    max_image_count=_KEPT_IMAGES,
                    rule_priority=2,
                ),
            ],
            removal_policy=removal_policy,
            empty_on_delete=removal_policy is cdk.RemovalPolicy.DESTROY,
        )
