"""Whether the environment's registry has its copy of every image, by digest."""

from collections.abc import Iterator, Mapping

from config.image import Image
from config.naming import mirror_name, repository_name, stack_name
from operations.aws.account import Account
from operations.aws.unanswered import UnansweredError
from operations.finding import Finding, ok, warn

TITLE = "images"


def check_images(
    account: Account, environment: str, mirrored: Mapping[str, Image]
) -> Iterator[Finding]:
    """Is each image there, and without critical findings?"""
    without_repository, without_image = [], []
    for name, image in mirrored.items():
        repository = repository_name(environment, name)
        try:
            answer = account.ask(
                "ecr",
                "describe_images",
                repositoryName=repository,
                imageIds=[{"imageDigest": image.digest}],
            )
        except UnansweredError as error:
            if error.code == "RepositoryNotFoundException":
                without_repository.append(repository)
            elif error.code == "ImageNotFoundException":
                without_image.append(f"{name}:{image.tag}")
            else:
                raise
            continue
        (detail,) = answer["imageDetails"]
        counts = detail.get("imageScanFindingsSummary", {}).get("findingSeverityCounts", {})
        if critical := counts.get("CRITICAL", 0):
            yield warn(
                TITLE,
                f"{name}:{image.tag} has {critical} critical findings",
                "known holes, some of them perhaps reachable: a newer image may have fewer",
                account.aws(
                    f"ecr describe-image-scan-findings --repository-name {repository} "
                    f"--image-id imageDigest={image.digest}"
                ),
            )
        else:
            yield ok(TITLE, f"{name}:{image.tag} is in {repository}")
    if without_repository:
        yield warn(
            TITLE,
            f"there is no repository {', '.join(without_repository)}",
            "deploy the registry first; the mirror starts by itself and fills it",
            account.cdk(
                f"deploy --context env={environment} {stack_name(environment, 'registry')}"
            ),
        )
    if without_image:
        # No failure: a deployment starts the mirror when a pin changed, and pods wait for it.
        yield warn(
            TITLE,
            f"the registry lacks {', '.join(without_image)}",
            "new pins are copied by the deployment; of old ones the mirror is at it, or failed",
            account.aws(f"codebuild start-build --project-name {mirror_name(environment)}"),
        )
