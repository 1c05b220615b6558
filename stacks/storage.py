"""Where models are kept: the bucket is the source of truth, the volume is what Triton mounts."""

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from constructs import Construct

from config import Settings
from platform_constructs.model_store import ModelStore
from platform_constructs.model_volume import ModelVolume
from stacks.platform_stack import PlatformStack


class StorageStack(PlatformStack):
    """Bucket and file system of the models; in production both outlive the stack.

    Args:
        scope: The app.
        construct_id: The stack's name.
        settings: The environment.
        vpc: Network of the file system.

    Attributes:
        store: The model bucket.
        models: The volume that Triton mounts.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Settings, vpc: ec2.IVpc
    ) -> None:
        super().__init__(scope, construct_id, settings=settings)

        key = kms.Key(
            self,
            "Key",
            description=f"models of triton-platform {settings.name}",
            enable_key_rotation=True,
            removal_policy=self.data_policy,
        )
        self.store = ModelStore(self, "Store", key=key, removal_policy=self.data_policy)
        self.models = ModelVolume(self, "Models", vpc=vpc, key=key, removal_policy=self.data_policy)
