"""What an environment means to the account it is in: money, names, data and delivery."""

from typing import Annotated

from pydantic import Field

from config.group import Distinct, Group, RetentionDays

Email = Annotated[
    str,
    Field(
        pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        description="an e-mail address",
        examples=["platform@example.com"],
    ),
]


class DataSettings(Group):
    """Models, keys, images and logs: how long they live."""

    retain: bool = Field(description="keep data and keys when their stack is deleted")
    backup_retention_days: int = Field(
        default=35,
        ge=0,
        le=3650,
        description="how long a backup of the file system is kept; 0: there is none",
    )
    old_release_days: int = Field(
        default=90, ge=1, le=3650, description="how long replaced objects of the bucket are kept"
    )
    log_retention_days: RetentionDays = Field(
        default=90, description="logs of builds, of image copies and of access to the bucket"
    )


class BudgetSettings(Group):
    """Who is told when the month becomes expensive."""

    monthly_usd: int = Field(
        ge=1,
        description="told at 80 % spent and at 100 % forecast. Nothing is counted until the tags "
        "`Project` and `Environment` are activated as cost allocation tags in the billing console",
    )
    emails: Distinct[Email] = Field(
        min_length=1, max_length=10, description="who is told, ten addresses at most"
    )


class DnsSettings(Group):
    """The name under which clients reach the gateway."""

    domain: str = Field(
        pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$",
        description="a domain in small letters",
        examples=["inference.example.com"],
    )
    hosted_zone_id: str = Field(
        pattern=r"^Z[A-Z0-9]{6,31}$",
        description="the id of its Route 53 zone",
        examples=["Z0123456789ABCDEFGHIJ"],
    )


class DeliverySettings(Group):
    """A pipeline on AWS that brings a branch to staging and then to this environment.

    The alternative to the workflows in ``.github/workflows``; both together would race.
    """

    connection_arn: str = Field(
        pattern=r"^arn:aws[a-z-]*:(codeconnections|codestar-connections):[a-z0-9-]+:[0-9]{12}:"
        r"connection/[0-9a-f-]{36}$",
        description="the ARN of a CodeConnections connection to GitHub, which a person approves "
        "in the console. It may be of any region, and of another account that shares it",
        examples=[
            "arn:aws:codeconnections:eu-central-1:111122223333:"
            "connection/00000000-0000-0000-0000-000000000000"
        ],
    )
    branch: str = Field(
        default="main",
        pattern=r"^[\w./-]+$",
        description="the branch that is delivered",
        examples=["main"],
    )
