"""The real Prometheus beside the platform reads Triton and the gateway."""

from typing import Any

import pytest
import urllib3

from serving.metrics import EXECUTION_COUNT, GATEWAY_JOB, INFERENCE_COUNT, TRITON_JOB
from tests.integration.conftest import Running
from tests.support.waiting import until

pytestmark = pytest.mark.integration


def query(running: Running, expression: str) -> list[dict[str, Any]]:
    response = urllib3.request(
        "GET", f"{running.addresses.prometheus}/api/v1/query", fields={"query": expression}
    )
    result: list[dict[str, Any]] = response.json()["data"]["result"]
    return result


def test_both_are_scraped(running: Running) -> None:
    def up() -> dict[str, str]:
        return {one["metric"]["job"]: one["value"][1] for one in query(running, "up")}

    until(lambda: up() == {TRITON_JOB: "1", GATEWAY_JOB: "1"}, seconds=20)


@pytest.mark.parametrize("name", [INFERENCE_COUNT, EXECUTION_COUNT])
def test_the_series_we_read_exist_for_every_network(running: Running, name: str) -> None:
    def models() -> set[str]:
        return {one["metric"]["model"] for one in query(running, name)}

    until(lambda: {"digits", "digits_torch", "sentiment"} <= models(), seconds=20)
