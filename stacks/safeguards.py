"""What the security stack makes for all the others."""

from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms


@dataclass(frozen=True, kw_only=True)
class Keys:
    """One key a kind of data, each usable only through the services of that kind."""

    kubernetes: kms.IKey
    disks: kms.IKey
    files: kms.IKey
    objects: kms.IKey
    images: kms.IKey
    logs: kms.IKey
    secrets: kms.IKey


@dataclass(frozen=True, kw_only=True)
class Safeguards:
    """What protects every stack.

    Attributes:
        boundary: Upper bound of every role.
        keys: What data is encrypted with.
        access_logs_name: Name of the bucket that takes the access logs of the other buckets.
    """

    boundary: iam.IManagedPolicy
    keys: Keys
    access_logs_name: str
