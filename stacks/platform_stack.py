"""What every stack has in common: place, zones, tags, and whether data outlives it."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from config import Settings
from config.naming import stack_name, tags
from platform_constructs.acknowledgement import acknowledge, managed_policies
from platform_constructs.function_logs import FunctionLogs
from platform_constructs.log_group import EncryptedLogGroup
from stacks.safeguards import Safeguards


class PlatformStack(cdk.Stack):
    """A stack that is synthesized without an account.

    Args:
        scope: The app, or a stage of the pipeline.
        noun: What the stack owns; its name is made of environment and noun.
        settings: The environment.
        safeguards: What protects the stack. Only the stack that makes them has none at first,
            and calls ``guard`` itself.

    Attributes:
        data_policy: What happens to data when its resource is removed: production keeps it.
    """

    def __init__(
        self,
        scope: Construct,
        noun: str,
        *,
        settings: Settings,
        safeguards: Safeguards | None = None,
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
        if safeguards:
            self.guard(settings, safeguards)

    def guard(self, settings: Settings, safeguards: Safeguards) -> None:
        """Bound every role of the stack, and own what its functions write."""
        iam.PermissionsBoundary.of(self).apply(safeguards.boundary)
        functions: list[EncryptedLogGroup] = []

        def log_group() -> logs.ILogGroup:
            if not functions:
                functions.append(
                    EncryptedLogGroup(
                        self,
                        "FunctionLogs",
                        key=safeguards.keys.logs,
                        retention_days=settings.data.log_retention_days,
                        removal_policy=self.data_policy,
                    )
                )
            return functions[0].group

        cdk.Aspects.of(self).add(FunctionLogs(log_group))
        acknowledge(
            self,
            "CDK's own functions: it lets them write logs and nothing else",
            *managed_policies("service-role/AWSLambdaBasicExecutionRole"),
        )

    @property
    def availability_zones(self) -> list[str]:
        """The zones of the settings; CDK would look them up in the account."""
        return self._zones
