"""Whether clients get the right answers, through the gateway as they reach it."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from operations.errors import OperationError
from operations.finding import Finding, fail, ok, skip
from operations.inference import InferenceError, Protocol
from operations.smoke import ask, known_questions
from serving.repository import Repository

TITLE = "gateway"


def gateway_address(text: str) -> str:
    """The address, if it is one.

    Raises:
        OperationError: it is not; says what to write.
    """
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        # Without a scheme only the port tells a host from a slip of the pen.
        known = parts.scheme in {"http", "https"} or (not parts.scheme and parts.port)
        sound = known and parts.hostname and parts.port != 0 and not parts.path.strip("/")
    except ValueError:
        sound = False
    if not sound:
        raise OperationError(
            f"{text!r} is no address of a gateway: write https://HOST, or http://HOST:PORT"
        )
    return text


def check_gateway(gateway: str | None, repository: Repository) -> Iterator[Finding]:
    """Does every known question get its answer, over both protocols?"""
    if gateway is None:
        yield skip(
            TITLE,
            "no address: neither --url nor [dns] of the settings",
            "whether it serves was not asked",
        )
        return
    probes = known_questions(repository)
    if not probes:
        yield skip(TITLE, "the repository has no model whose answers are known")
    for probe in probes:
        for protocol in Protocol:
            try:
                answer = ask(gateway, probe, protocol)
            except InferenceError as error:
                yield fail(
                    TITLE,
                    f"{probe.model} over {protocol.label}: {error}",
                    "clients do not get what they ask for",
                    "kubectl get pods --all-namespaces",
                )
            else:
                yield ok(
                    TITLE,
                    f"{probe.model} over {protocol.label}: {probe.question} → {probe.expected}, "
                    f"{answer.latency_ms:.0f} ms",
                )
