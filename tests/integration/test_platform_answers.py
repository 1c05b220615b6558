"""What a client sees of the running platform."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from sklearn.datasets import load_digits

from local.state import MODEL_REPOSITORY, PROJECT
from local.status import status
from operations.inference import Client, InferenceError, Protocol, encode
from operations.smoke import PROBES, prove
from serving.repository import read_repository
from tests.integration.conftest import Running
from tests.support.waiting import until

pytestmark = pytest.mark.integration

SAMPLES = PROJECT / "docs" / "samples"
BOTH = pytest.mark.parametrize("protocol", list(Protocol))


def ask(running: Running, protocol: Protocol, model: str, text: str) -> dict[str, object]:
    with Client(running.addresses.gateway_grpc, protocol) as client:
        return client.infer(model, encode(text, client.inputs_of(model))).outputs


@BOTH
def test_a_handwritten_seven_is_read(running: Running, protocol: Protocol) -> None:
    outputs = ask(running, protocol, "digits_pipeline", str(SAMPLES / "seven.png"))

    assert outputs["class"] == [[7]]
    assert set(outputs) == {"class", "score"}


@BOTH
@pytest.mark.parametrize(
    ("sentence", "label"),
    [("what a wonderful day", "positive"), ("this is terrible", "negative")],
)
def test_a_sentence_is_felt(
    running: Running, protocol: Protocol, sentence: str, label: str
) -> None:
    assert ask(running, protocol, "sentiment_pipeline", sentence)["label"] == [[label]]


def test_every_model_is_ready_and_tells_backend_and_instances(running: Running) -> None:
    found = status(running.settings, MODEL_REPOSITORY)
    expected = read_repository(MODEL_REPOSITORY).models

    assert found.healthy
    assert {model.name: model.state for model in found.models} == dict.fromkeys(expected, "ready")
    assert {(model.name, model.backend, model.instances) for model in found.models} == {
        (model.name, model.backend, model.instance_count) for model in expected.values()
    }


def test_onnx_tensorrt_and_torch_models_agree(running: Running) -> None:
    image = (load_digits().images[:8, np.newaxis] / 16).astype(np.float32)
    with Client(running.addresses.gateway_grpc) as client:
        onnx = client.infer("digits", {"image": image}).outputs["probabilities"]
        tensorrt = client.infer("digits_tensorrt", {"image": image}).outputs["probabilities"]
        torch = client.infer("digits_torch", {"INPUT__0": image}).outputs["OUTPUT__0"]

    assert tensorrt == onnx
    np.testing.assert_allclose(torch, onnx, atol=1e-4)


def test_a_batch_sent_by_a_client_is_answered_in_order(running: Running) -> None:
    digits = load_digits()
    images = (digits.images[-64:, np.newaxis] / 16).astype(np.float32)
    with Client(running.addresses.gateway_grpc) as client:
        together = client.infer("digits", {"image": images}).outputs["probabilities"]
        alone = [
            client.infer("digits", {"image": images[[index]]}).outputs["probabilities"][0]
            for index in range(0, 64, 9)
        ]

    np.testing.assert_allclose(together[::9], alone, atol=1e-5)


def test_a_bad_image_fails_alone_among_concurrent_good_ones(running: Running) -> None:
    good, bad = str(SAMPLES / "seven.png"), "this is no image"

    def one(text: str) -> object:
        try:
            return ask(running, Protocol.HTTP, "digits_pipeline", text)["class"]
        except InferenceError as error:
            return str(error)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(one, [good, good, good, bad] * 10))

    assert [answer for answer in answers if answer == [[7]]] == [[[7]]] * 30
    assert all("PNG" in str(answer) for answer in answers if answer != [[7]])


def test_the_proof_asks_each_pipeline_over_both_protocols(running: Running) -> None:
    repository = read_repository(MODEL_REPOSITORY)
    addresses = running.addresses

    proofs = list(prove(addresses.gateway_grpc, addresses.triton_metrics, repository))

    assert [(proof.probe.model, proof.protocol) for proof in proofs] == [
        (probe.model, protocol) for probe in PROBES for protocol in Protocol
    ]
    assert all(proof.average_batch is not None for proof in proofs)
    assert all(0 < proof.p50_ms <= proof.p95_ms for proof in proofs)


def test_the_gateway_writes_a_json_line_for_every_request(running: Running) -> None:
    ask(running, Protocol.GRPC, "sentiment_pipeline", "fine")
    log = PROJECT / running.settings.local.state_directory / "logs" / "gateway-access.log"

    def routes() -> set[str]:
        return {json.loads(line)["route"] for line in log.read_text(encoding="utf-8").splitlines()}

    until(lambda: "grpc-infer" in routes(), seconds=15)
