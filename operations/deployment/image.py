"""Whether the registry has the Triton that pods are told to run."""

from collections.abc import Iterator

from config import TRITON_IMAGE, Versions
from config.naming import mirror_name, repository_name
from operations.aws.account import Account
from operations.finding import Finding, fail, ok

TITLE = "image"


def check_image(account: Account, environment: str, versions: Versions) -> Iterator[Finding]:
    """Is Triton's image in the registry, by digest?"""
    image = versions.mirrored[TRITON_IMAGE]
    repository = repository_name(environment, TRITON_IMAGE)
    answer = account.find(
        "ecr",
        "describe_images",
        absent=("ImageNotFoundException", "RepositoryNotFoundException"),
        repositoryName=repository,
        imageIds=[{"imageDigest": image.digest}],
    )
    if answer is None:
        yield fail(
            TITLE,
            f"{repository} lacks {image.tag} ({image.digest})",
            "the mirror is still at it, or failed: a pod that starts on a new node cannot pull it",
            account.aws(f"codebuild start-build --project-name {mirror_name(environment)}"),
        )
    else:
        yield ok(TITLE, f"{repository} has {image.tag}")
