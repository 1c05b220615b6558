"""The questions of ``tritonctl smoke``, to a real gateway."""

import pytest

from local.state import MODEL_REPOSITORY
from operations.deployment.gateway import check_gateway
from operations.finding import Status
from serving.repository import read_repository
from tests.integration.conftest import Running

pytestmark = pytest.mark.integration


def test_a_gateway_that_serves_is_well(running: Running) -> None:
    repository = read_repository(MODEL_REPOSITORY)
    findings = list(check_gateway(f"http://{running.addresses.gateway_grpc}", repository))

    assert [one.status for one in findings] == [Status.OK] * 4


def test_something_else_that_answers_is_not(running: Running) -> None:
    repository = read_repository(MODEL_REPOSITORY)
    findings = list(check_gateway(running.addresses.prometheus, repository))

    assert [one.status for one in findings] == [Status.FAIL] * 4
