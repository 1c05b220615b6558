"""What every table of an environment file has in common."""

from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Value = TypeVar("Value")
List = TypeVar("List", bound=tuple[object, ...])

# The days that CloudWatch Logs can keep a log: PutRetentionPolicy, `retentionInDays`.
RetentionDays = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731,
    1096, 1827, 2192, 2557, 2922, 3288, 3653,
]  # fmt: skip

AwsAccount = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{12}$",
        description="an account's 12 digits, in quotes",
        examples=["111122223333"],
    ),
]


def all_differ(values: List) -> List:
    """The values, of which no two are equal.

    Raises:
        ValueError: two are; names one.
    """
    for place, value in enumerate(values):
        if value in values[:place]:
            raise ValueError(f"{value!r} is named twice: remove one, or name another")
    return values


Distinct = Annotated[
    tuple[Value, ...], AfterValidator(all_differ), Field(json_schema_extra={"uniqueItems": True})
]


class Group(BaseModel):
    """A table whose keys are all known and whose values cannot be changed."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
