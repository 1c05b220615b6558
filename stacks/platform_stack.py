"""What every stack has in common: place, zones, tags, and whether data outlives it."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from config import Settings
from config.naming import stack_name, tags


class PlatformStack(cdk.Stack):
    """A stack that is synthesized without an account.

    Args:
        scope: The app, or a stage of the pipeline.
        noun: What the stack owns; its name is made of environment and noun.
        settings: The environment.
        boundary: Upper bound of every role in the stack.

    Attributes:
        data_policy: What happens to data when its resource is removed: production keeps it.
    """

    def __init__(
        self,
        scope: Construct,
        noun: str,
        *,
        settings: Settings,
        boundary: iam.IManagedPolicy | None = None,
    ) -> None:
        name = stack_name(settings.name, noun)
        super().__init__(
            scope,
            name,
            stack_name=name,
            env=cdk.Environment(account=settings.account, region=settings.region),
            termination_protection=settings.data.retain,
        )
        self._zones = list(settings.availability_zones)
        self.data_policy = (
            cdk.RemovalPolicy.RETAIN if settings.data.retain else cdk.RemovalPolicy.DESTROY
        )
        for key, value in tags(settings.name).items():
            cdk.Tags.of(self).add(key, value)
        if boundary:
            iam.PermissionsBoundary.of(self).apply(boundary)

    @property
    def availability_zones(self) -> list[str]:
        """The zones of the settings; CDK would look them up in the account."""
        return self._zones
