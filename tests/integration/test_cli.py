"""``tritonctl`` against the running platform, as a person or a program uses it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from local.state import MODEL_REPOSITORY, PROJECT
from tests.integration.conftest import Running

pytestmark = pytest.mark.integration

SEVEN = str(PROJECT / "docs" / "samples" / "seven.png")
Tritonctl = Callable[..., Result]


@pytest.fixture
def tritonctl(running: Running) -> Tritonctl:
    """Runs a command against the running platform's environment."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "-e", str(running.environment)])

    return run


def as_json(result: Result) -> Any:
    return json.loads(result.stdout)


@pytest.mark.parametrize("protocol", ["--http", "--grpc"])
def test_infer_prints_the_class_of_an_image(tritonctl: Tritonctl, protocol: str) -> None:
    result = tritonctl("infer", "digits_pipeline", SEVEN, protocol)

    assert result.exit_code == 0
    assert "class: 7\n" in result.stdout


@pytest.mark.parametrize("protocol", ["--http", "--grpc"])
def test_infer_prints_the_label_of_a_sentence(tritonctl: Tritonctl, protocol: str) -> None:
    result = tritonctl("infer", "sentiment_pipeline", "what a wonderful day", protocol)

    assert result.exit_code == 0
    assert "label: positive\n" in result.stdout


def test_infer_takes_json_and_gives_json(tritonctl: Tritonctl) -> None:
    image = json.dumps([[0.0] * 8] * 8)

    answer = as_json(tritonctl("infer", "digits", image, "--json"))

    assert answer["model"] == "digits"
    assert len(answer["outputs"]["probabilities"][0]) == 10


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("no_such_model", "x"), "unknown model: 'no_such_model'"),
        (("digits", "[1, 2]"), "image FP32 [any, 1, 8, 8]"),
        (("digits", "no json"), "not JSON"),
        (("digits", '{"picture": 1}'), "give exactly these inputs: image"),
        (("digits", SEVEN), "not JSON"),
        (("digits_pipeline", "no image"), "not a PNG"),
        (("sentiment_pipeline", ""), "empty"),
    ],
)
def test_infer_explains_what_it_cannot_do(
    tritonctl: Tritonctl, arguments: tuple[str, str], reason: str
) -> None:
    result = tritonctl("infer", *arguments)

    assert result.exit_code == 1
    assert reason in result.stderr
    assert result.stdout == ""


def test_status_lists_every_model_and_where_the_gateway_is(
    tritonctl: Tritonctl, running: Running
) -> None:
    result = tritonctl("status", "--json")
    status = as_json(result)

    assert result.exit_code == 0
    assert status["gateway"] == {
        "http": running.addresses.gateway_http,
        "grpc": running.addresses.gateway_grpc,
    }
    assert {model["name"] for model in status["models"]} == {
        path.name for path in MODEL_REPOSITORY.iterdir() if path.is_dir()
    }
    assert all(model["state"] == "ready" for model in status["models"])
    assert {"name", "state", "backend", "instances", "detail"} == set(status["models"][0])


def test_status_for_people_names_addresses_and_models(
    tritonctl: Tritonctl, running: Running
) -> None:
    result = tritonctl("status")

    assert result.exit_code == 0
    assert running.addresses.gateway_http in result.stdout
    assert "sentiment_pipeline" in result.stdout


def test_up_on_a_running_platform_proves_again_and_says_what_runs(tritonctl: Tritonctl) -> None:
    result = tritonctl("up")

    assert result.exit_code == 0
    assert "triton already runs" in result.stderr
    assert "digits_pipeline: docs/samples/seven.png → class 7" in result.stdout
    assert "sentiment_pipeline: what a wonderful day → label positive" in result.stdout
    assert result.stdout.count("  HTTP  ") == 2
    assert result.stdout.count("  gRPC  ") == 2
    assert "try it:" in result.stdout


def test_up_gives_programs_nothing_but_json(tritonctl: Tritonctl) -> None:
    assert as_json(tritonctl("up", "--json"))["healthy"] is True


def test_bench_prints_throughput_and_batch(tritonctl: Tritonctl) -> None:
    result = as_json(tritonctl("bench", "sentiment", "--concurrency", "8", "--json"))

    assert result["inferences_per_second"] > 0
    assert 1 <= result["average_batch"] <= 8


@pytest.mark.parametrize("service", ["triton", "gateway", "prometheus"])
def test_logs_shows_the_end_of_a_log(
    tritonctl: Tritonctl, service: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert tritonctl("logs", service, "-n", "3").exit_code == 0
    assert 1 <= len(capfd.readouterr().out.splitlines()) <= 3
