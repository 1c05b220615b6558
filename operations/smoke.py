"""The proof that a platform serves: a real image and a real sentence, over HTTP and gRPC."""

import statistics
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from operations.batching import batch_window
from operations.inference import Answer, Array, Client, InferenceError, Protocol, encode
from serving.repository import BACKENDS, Repository

_PROJECT = Path(__file__).resolve().parent.parent
_CLIENTS = 16
_REQUESTS_A_CLIENT = 8


@dataclass(frozen=True, kw_only=True)
class Probe:
    """One question whose answer is known.

    Attributes:
        model: Who is asked.
        question: What a person would type: a path below the project, or text.
        output: The output that answers.
        expected: Its value.
    """

    model: str
    question: str
    output: str
    expected: str | int


PROBES = (
    Probe(
        model="digits_pipeline",
        question="docs/samples/seven.png",
        output="class",
        expected=7,
    ),
    Probe(
        model="sentiment_pipeline",
        question="what a wonderful day",
        output="label",
        expected="positive",
    ),
)


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A probe that was answered as expected, and how fast.

    Attributes:
        probe: The question.
        protocol: How it was asked.
        answer: To the first request, alone.
        clients: How many asked at once in the burst that the rest is about.
        p50_ms: Median latency of the burst.
        p95_ms: 95th percentile of the same.
        average_batch: Of the neural network inside, during the burst, by Triton's counters.
    """

    probe: Probe
    protocol: Protocol
    answer: Answer
    clients: int
    p50_ms: float
    p95_ms: float
    average_batch: float | None


def prove(gateway: str, metrics_url: str, repository: Repository) -> Iterator[Proof]:
    """Ask every probe whose model is in the repository, over both protocols.

    Args:
        gateway: ``host:port`` of the gateway.
        metrics_url: Triton's own metrics page.
        repository: What is served, to know the network inside an ensemble.

    Yields:
        A proof as soon as it is there.

    Raises:
        InferenceError: an answer is missing or wrong; names the model and both answers.
    """
    for probe in known_questions(repository):
        for protocol in Protocol:
            yield _prove(gateway, metrics_url, probe, protocol, _network(repository, probe.model))


def known_questions(repository: Repository) -> tuple[Probe, ...]:
    """The probes whose model is in the repository, with the output that answers."""
    return tuple(
        probe
        for probe in PROBES
        if (model := repository.models.get(probe.model))
        and probe.output in {output.name for output in model.config.output}
    )


def ask(gateway: str, probe: Probe, protocol: Protocol) -> Answer:
    """Ask one probe once.

    Args:
        gateway: ``host:port`` of the gateway, or its URL.
        probe: The question.
        protocol: How to ask.

    Raises:
        InferenceError: the answer is missing or wrong; names the model and both answers.
    """
    answer, _ = _asked(gateway, probe, protocol)
    return answer


def _asked(gateway: str, probe: Probe, protocol: Protocol) -> tuple[Answer, dict[str, Array]]:
    """The answer, and what was sent to get it."""
    with Client(gateway, protocol) as client:
        sample = _PROJECT / probe.question
        question = str(sample) if sample.is_file() else probe.question
        inputs = encode(question, client.inputs_of(probe.model))
        answer = client.infer(probe.model, inputs)
    given = answer.outputs[probe.output][0][0]
    if given != probe.expected:
        raise InferenceError(
            f"{probe.model} answered {given!r} over {protocol.label}, expected {probe.expected!r}"
        )
    return answer, inputs


def _prove(gateway: str, metrics_url: str, probe: Probe, protocol: Protocol, network: str) -> Proof:
    answer, inputs = _asked(gateway, probe, protocol)

    def burst(_: int) -> list[float]:
        with Client(gateway, protocol) as client:
            return [client.infer(probe.model, inputs).latency_ms for _ in range(_REQUESTS_A_CLIENT)]

    with batch_window(metrics_url) as window, ThreadPoolExecutor(_CLIENTS) as pool:
        latencies = [latency for group in pool.map(burst, range(_CLIENTS)) for latency in group]
    return Proof(
        probe=probe,
        protocol=protocol,
        answer=answer,
        clients=_CLIENTS,
        p50_ms=statistics.median(latencies),
        p95_ms=statistics.quantiles(latencies, n=20)[-1],
        average_batch=window.average_batch(network),
    )


def _network(repository: Repository, model: str) -> str:
    """The step of an ensemble that runs on the accelerator."""
    for step in repository.models[model].steps:
        backend = BACKENDS.get(repository.models[step].backend)
        if backend and backend.accelerated:
            return step
    return model
