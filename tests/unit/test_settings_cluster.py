"""The cluster and its logs: who may reach it, and what EKS and CloudWatch do not have."""

from pathlib import Path
from typing import get_args

import botocore.session
import pytest

from config.group import RetentionDays
from tests.support.settings_mistakes import assert_refused, write_settings

PUBLIC = "public_access_cidrs = []"


@pytest.mark.parametrize(
    ("old", "new", "key", "value", "remedy"),
    [
        pytest.param(
            'kubernetes = "1.35"',
            'kubernetes = "v1.35.2"',
            "cluster.kubernetes",
            "'v1.35.2'",
            "write a minor version with pins in config/versions.toml, in quotes",
            id="Kubernetes patch version",
        ),
        pytest.param(
            PUBLIC,
            'public_access_cidrs = ["203.0.113.0/24", "0.0.0.0/0"]',
            "cluster.public_access_cidrs#2",
            "'0.0.0.0/0'",
            "name the addresses of your own network",
            id="API server open to everybody",
        ),
        pytest.param(
            PUBLIC,
            'public_access_cidrs = ["128.0.0.0/1"]',
            "cluster.public_access_cidrs#1",
            "'128.0.0.0/1'",
            "that is much of the internet",
            id="API server open to half of everybody",
        ),
        pytest.param(
            PUBLIC,
            'public_access_cidrs = ["10.0.0.0/8"]',
            "cluster.public_access_cidrs#1",
            "'10.0.0.0/8'",
            "name the public addresses of your network",
            id="private addresses from outside",
        ),
        pytest.param(
            PUBLIC,
            'public_access_cidrs = ["203.0.113.7"]',
            "cluster.public_access_cidrs#1",
            "'203.0.113.7'",
            "write the range as 203.0.113.7/32",
            id="address instead of range",
        ),
        pytest.param(
            "deletion_protection = false\nlog_retention_days = 30",
            "deletion_protection = false\nlog_retention_days = 45",
            "cluster.log_retention_days",
            "45",
            "choose 1, 3, 5, 7, 14, 30, 60, 90",
            id="retention that CloudWatch does not have",
        ),
        pytest.param(
            "backup_retention_days = 0",
            "backup_retention_days = -1",
            "data.backup_retention_days",
            "-1:",
            "write 0 or more (how long a backup of the file system is kept; 0: there is none)",
            id="backups until yesterday",
        ),
        pytest.param(
            "[cluster.addons]",
            "[cluster.addons]\nfluent_bit = true",
            "cluster.addons.fluent_bit",
            "unknown key",
            "correct its spelling or remove it; there are cloudwatch_observability",
            id="unknown add-on",
        ),
    ],
)
def test_a_mistake_is_told_with_key_value_and_remedy(
    tmp_path: Path, old: str, new: str, key: str, value: str, remedy: str
) -> None:
    assert_refused(write_settings(tmp_path, old, new), key, value, remedy)


def test_logs_can_be_kept_as_long_as_cloudwatch_can() -> None:
    logs = botocore.session.get_session().get_service_model("logs")
    days = logs.operation_model("PutRetentionPolicy").input_shape.members["retentionInDays"]
    _, _, listed = days.documentation.partition("Possible values are: ")

    assert listed.partition(".")[0] == ", ".join(map(str, get_args(RetentionDays)[:-1])) + (
        f", and {get_args(RetentionDays)[-1]}"
    )
