"""The model bucket."""

from collections.abc import Mapping

from aws_cdk.assertions import Match, Template


def test_objects_are_versioned_and_encrypted_with_a_key_of_ours(
    synth: Mapping[str, Template],
) -> None:
    synth["storage"].has_resource_properties(
        "AWS::S3::Bucket",
        {
            "VersioningConfiguration": {"Status": "Enabled"},
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {
                        "BucketKeyEnabled": True,
                        "ServerSideEncryptionByDefault": Match.object_like(
                            {"SSEAlgorithm": "aws:kms"}
                        ),
                    }
                ]
            },
        },
    )


def test_the_public_is_blocked(synth: Mapping[str, Template]) -> None:
    synth["storage"].has_resource_properties(
        "AWS::S3::Bucket",
        {
            "PublicAccessBlockConfiguration": {
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            }
        },
    )


def test_requests_without_tls_are_denied(synth: Mapping[str, Template]) -> None:
    synth["storage"].has_resource_properties(
        "AWS::S3::BucketPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {
                                "Effect": "Deny",
                                "Action": "s3:*",
                                "Principal": {"AWS": "*"},
                                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                            }
                        )
                    ]
                )
            }
        },
    )
