"""What every stack has in common: region, zones, tags, and whether data outlives it."""

import aws_cdk as cdk
from constructs import Construct

from config import Settings


class PlatformStack(cdk.Stack):
    """A stack that is synthesized without an account.

    Args:
        scope: The app.
        construct_id: The stack's name.
        settings: The environment.

    Attributes:
        data_policy: What happens to data when its resource is removed: production keeps it.
    """

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id, env=cdk.Environment(region=settings.region))
        self._zones = list(settings.availability_zones)
        self.data_policy = (
            cdk.RemovalPolicy.RETAIN if settings.name == "prod" else cdk.RemovalPolicy.DESTROY
        )

        cdk.Tags.of(self).add("Project", "triton-platform")
        cdk.Tags.of(self).add("Environment", settings.name)

    @property
    def availability_zones(self) -> list[str]:
        """The zones of the settings; CDK would look them up in the account."""
        return self._zones
