"""List prices of what stays after a teardown, read from ``prices.toml``."""

from datetime import date
from pathlib import Path

from pydantic import Field, NonNegativeFloat, ValidationError

from config.errors import ConfigError, explain, read_toml
from config.group import Group

_FILE = Path(__file__).with_name("prices.toml")


class Prices(Group):
    """US dollars of one region; elsewhere an order of magnitude.

    Attributes:
        region: Where they are asked.
        as_of: When they were last looked up.
        source: Where.
    """

    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    as_of: date
    source: str
    efs_gb_month: NonNegativeFloat
    s3_gb_month: NonNegativeFloat
    ecr_gb_month: NonNegativeFloat
    kms_key_month: NonNegativeFloat
    ebs_gp3_gb_month: NonNegativeFloat
    ebs_snapshot_gb_month: NonNegativeFloat
    logs_gb_month: NonNegativeFloat
    secret_month: NonNegativeFloat
    backup_efs_gb_month: NonNegativeFloat
    eip_hour: NonNegativeFloat


def load_prices(path: Path = _FILE) -> Prices:
    """Read the prices.

    Raises:
        ConfigError: the file is missing, not TOML, or a price is; says which.
    """
    try:
        return Prices.model_validate_json(read_toml(path), strict=True)
    except ValidationError as error:
        raise ConfigError(explain(error, path, Prices)) from error
