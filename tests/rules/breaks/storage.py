"""Mistakes in buckets and the volume."""

from tests.rules.breaking import GONE, Break, add, drop, put, swap
from tests.rules.checks.storage import (
    buckets_answer_over_tls_only,
    buckets_are_encrypted_with_our_key,
    buckets_are_private_and_versioned,
    buckets_forget_what_is_over,
    buckets_write_down_who_asked,
    everybody_on_the_volume_is_tritons_user,
    the_volume_is_backed_up,
    the_volume_is_shut,
    the_volume_is_where_nodes_are,
)

BUCKET, POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"
VOLUME, POINT = "AWS::EFS::FileSystem", "AWS::EFS::AccessPoint"
PLAN = "AWS::Backup::BackupPlan"

BREAKS = (
    Break(
        buckets_are_private_and_versioned,
        put(
            "storage", BUCKET, "Properties/PublicAccessBlockConfiguration/BlockPublicPolicy", False
        ),
        "can be made public",
    ),
    Break(
        buckets_are_private_and_versioned,
        put("registry", BUCKET, "Properties/OwnershipControls", GONE),
        "has access lists",
    ),
    Break(
        buckets_are_private_and_versioned,
        put("delivery", BUCKET, "Properties/VersioningConfiguration", GONE),
        "has no versions",
    ),
    Break(
        buckets_are_encrypted_with_our_key,
        swap("storage", BUCKET, '"aws:kms"', '"AES256"'),
        "is not encrypted with aws:kms",
    ),
    Break(
        buckets_are_encrypted_with_our_key,
        swap("storage", BUCKET, '"KMSMasterKeyID"', '"Other"'),
        "is encrypted with no key of ours",
    ),
    Break(
        buckets_answer_over_tls_only,
        swap("storage", POLICY, "aws:SecureTransport", "aws:MultiFactorAuthPresent"),
        "answers without TLS",
    ),
    Break(buckets_answer_over_tls_only, drop("registry", POLICY), "answers without TLS"),
    Break(
        buckets_write_down_who_asked,
        put("storage", BUCKET, "Properties/LoggingConfiguration", GONE),
        "writes no access log",
    ),
    Break(
        buckets_write_down_who_asked,
        swap("registry", BUCKET, '"sboms/"', '"models/"'),
        "logs to 'models/' like",
    ),
    Break(
        buckets_forget_what_is_over,
        put("storage", BUCKET, "Properties/LifecycleConfiguration/Rules/0/Status", "Disabled"),
        "has no NoncurrentVersionExpiration",
    ),
    Break(
        buckets_forget_what_is_over,
        swap("registry", BUCKET, "AbortIncompleteMultipartUpload", "Other"),
        "has no AbortIncompleteMultipartUpload",
    ),
    Break(
        the_volume_is_shut,
        put("storage", VOLUME, "Properties/KmsKeyId", GONE),
        "is not encrypted with a key of ours",
    ),
    Break(
        the_volume_is_shut,
        put("storage", VOLUME, "Properties/FileSystemPolicy", GONE),
        "answers without TLS",
    ),
    Break(
        the_volume_is_shut,
        put(
            "storage",
            VOLUME,
            "Properties/FileSystemPolicy/Statement/+",
            {
                "Effect": "Allow",
                "Action": "elasticfilesystem:ClientMount",
                "Principal": {"AWS": "*"},
            },
        ),
        "lets somebody in by itself",
    ),
    Break(
        the_volume_is_where_nodes_are,
        drop("storage", "AWS::EFS::MountTarget", where="IsolatedSubnet3"),
        "has no mount target in eu-central-1c",
    ),
    Break(
        everybody_on_the_volume_is_tritons_user,
        put("storage", POINT, "Properties/PosixUser/Uid", "0"),
        "makes everybody {'Gid': '1000', 'Uid': '0'}",
    ),
    Break(
        everybody_on_the_volume_is_tritons_user,
        put("storage", POINT, "Properties/RootDirectory", GONE),
        "shows the whole volume",
    ),
    Break(
        the_volume_is_backed_up,
        put(
            "storage",
            "AWS::Backup::BackupSelection",
            "Properties/BackupSelection/Resources",
            [],
        ),
        "is not backed up",
    ),
    Break(
        the_volume_is_backed_up,
        put("storage", PLAN, "Properties/BackupPlan/BackupPlanRule/0/Lifecycle", GONE),
        "keeps copies otherwise than 35 days",
    ),
    Break(
        the_volume_is_backed_up,
        put("storage", "AWS::Backup::BackupVault", "Properties/EncryptionKeyArn", GONE),
        "is encrypted with no key of ours",
    ),
    Break(
        the_volume_is_backed_up,
        add("storage", "AWS::Backup::BackupVault"),
        "was not asked for",
        of="dev",
    ),
)
