"""What every table of an environment file has in common."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

# The days that CloudWatch Logs can keep a log: PutRetentionPolicy, `retentionInDays`.
RetentionDays = Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827]

AwsAccount = Annotated[str, Field(pattern=r"^\d{12}$")]


class Group(BaseModel):
    """A table whose keys are all known and whose values cannot be changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")
