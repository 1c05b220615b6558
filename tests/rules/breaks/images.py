"""Mistakes in images."""

from tests.rules.breaking import GONE, Break, put, swap
from tests.rules.checks.images import (
    MANIFESTS,
    copies_are_made_by_digest,
    pods_name_images_by_digest,
    pods_run_images_of_our_registry,
    repositories_cannot_be_overwritten,
    repositories_forget_old_images,
)

REPOSITORY = "AWS::ECR::Repository"
DIGEST = "@sha256:551599c0812bb706121410a71abda07f9920d25e6c66edf1ec07a375e49f5f90"
POD = "tritonserver"

BREAKS = (
    Break(
        repositories_cannot_be_overwritten,
        put("registry", REPOSITORY, "Properties/ImageTagMutability", "MUTABLE"),
        "lets tags move",
    ),
    Break(
        repositories_cannot_be_overwritten,
        put("registry", REPOSITORY, "Properties/ImageScanningConfiguration", GONE),
        "does not scan",
    ),
    Break(
        repositories_cannot_be_overwritten,
        put("registry", REPOSITORY, "Properties/EncryptionConfiguration", GONE),
        "is encrypted with no key of ours",
    ),
    Break(
        repositories_forget_old_images,
        put("registry", REPOSITORY, "Properties/LifecyclePolicy", GONE),
        "forgets nothing",
    ),
    Break(
        pods_name_images_by_digest,
        swap("serving", MANIFESTS, DIGEST, ":latest", where=POD),
        ":latest",
    ),
    Break(
        pods_name_images_by_digest,
        swap("serving", MANIFESTS, DIGEST, ":26.07-py3", where=POD),
        ":26.07-py3",
    ),
    Break(
        pods_run_images_of_our_registry,
        swap("serving", MANIFESTS, ".dkr.ecr.", ".docker.io.", where=POD),
        "Deployment triton runs",
    ),
    Break(
        copies_are_made_by_digest,
        swap("registry", "AWS::CodeBuild::Project", DIGEST, ":26.07-py3"),
        "copies nvcr.io/nvidia/tritonserver:26.07-py3",
    ),
)
