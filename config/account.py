"""What an environment means to the account it is in: money, names, data and delivery."""

from typing import Annotated

from pydantic import Field

from config.group import Group, RetentionDays

Email = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class DataSettings(Group):
    """Models, keys, images and logs: how long they live."""

    retain: bool = Field(description="keep data and keys when their stack is deleted")
    backup_retention_days: int = Field(default=35, ge=7, le=3650, description="file system")
    old_release_days: int = Field(
        default=90, ge=1, le=3650, description="how long replaced objects of the bucket are kept"
    )
    log_retention_days: RetentionDays = Field(default=90, description="builds, copies, access")


class BudgetSettings(Group):
    """Who is told when the month becomes expensive."""

    monthly_usd: int = Field(ge=1, description="told at 80 % spent and at 100 % forecast")
    emails: tuple[Email, ...] = Field(min_length=1, max_length=10)


class DnsSettings(Group):
    """The name under which clients reach the gateway."""

    domain: str = Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$")
    hosted_zone_id: str = Field(pattern=r"^Z[A-Z0-9]{6,31}$", description="its Route 53 zone")


class DeliverySettings(Group):
    """A pipeline on AWS that brings a branch to staging and then to this environment.

    The alternative to the workflows in ``.github/workflows``; both together would race.
    """

    connection_arn: str = Field(
        pattern=r"^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:"
        r"connection/[0-9a-f-]{36}$",
        description="CodeConnections connection to GitHub; a person approves it in the console",
    )
    branch: str = Field(default="main", pattern=r"^[\w./-]+$")
