"""The container images: our own, and copies of other people's."""

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from config import TRITON_IMAGE, Settings, Versions
from config.naming import BUILT_IMAGES, mirror_name, repository_name
from platform_constructs.image_mirror import ImageMirror
from platform_constructs.image_repository import ImageRepository
from platform_constructs.log_group import EncryptedLogGroup
from stacks.platform_stack import PlatformStack
from stacks.safeguards import Safeguards


class RegistryStack(PlatformStack):
    """A repository an image, and the build that copies the pinned ones here.

    Args:
        scope: The app.
        settings: The environment.
        versions: The pinned images.
        safeguards: Boundary, keys and access logs.

    Attributes:
        repositories: By the name of the image.
        triton_image: Address of the inference server's image, by digest.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: Settings,
        versions: Versions,
        safeguards: Safeguards,
    ) -> None:
        super().__init__(scope, "registry", settings=settings, safeguards=safeguards)
        images = versions.mirrored

        self.repositories: dict[str, ecr.IRepository] = {
            name: ImageRepository(
                self,
                name,
                name=repository_name(settings.name, name),
                key=safeguards.keys.images,
                removal_policy=self.data_policy,
            ).repository
            for name in (*BUILT_IMAGES, *images)
        }
        log_group = EncryptedLogGroup(
            self,
            "BuildLog",
            key=safeguards.keys.logs,
            retention_days=settings.data.log_retention_days,
            removal_policy=self.data_policy,
        )
        ImageMirror(
            self,
            "Mirror",
            name=mirror_name(settings.name),
            images=images,
            repositories={name: self.repositories[name] for name in images},
            syft_version=versions.tools.syft,
            key=safeguards.keys.objects,
            access_logs_name=safeguards.access_logs_name,
            log_group=log_group.group,
            removal_policy=self.data_policy,
        )
        self.triton_image = self.repositories[TRITON_IMAGE].repository_uri_for_digest(
            images[TRITON_IMAGE].digest
        )
        cdk.CfnOutput(self, "TritonImage", value=self.triton_image)
