"""Asking the deployed gateway as clients do, and the addresses it may have."""

import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from config import load_settings, load_versions
from config.account import DnsSettings
from local.state import MODEL_REPOSITORY
from operations.deployment.examination import examine_deployment
from operations.deployment.gateway import check_gateway, gateway_address
from operations.errors import OperationError
from operations.finding import Finding, Status
from operations.inference import Answer, InferenceError, Protocol
from operations.smoke import Probe, ask, known_questions
from serving.repository import Repository, read_repository
from tests.support.aws_answers import AnsweringAccount
from tests.support.environment import free_ports
from tests.support.healthy_deployment import healthy_deployment

REPOSITORY = read_repository(MODEL_REPOSITORY)
NOTHING = Repository(path=Path("/"), models={}, problems=())


def answers(monkeypatch: pytest.MonkeyPatch, *, wrong: str = "") -> list[str]:
    """Let every probe be answered; the model named by ``wrong`` is not."""
    asked: list[str] = []

    def answer(gateway: str, probe: Probe, protocol: Protocol) -> Answer:
        asked.append(f"{gateway} {probe.model} {protocol}")
        if probe.model == wrong:
            raise InferenceError(f"{probe.model} answered 3, expected 7")
        return Answer(model=probe.model, version="1", outputs={}, latency_ms=12.3)

    monkeypatch.setattr("operations.deployment.gateway.ask", answer)
    return asked


@pytest.mark.parametrize(
    "text", ["https://a.example", "http://a.example:8080", "a.example:8080", "https://a.example/"]
)
def test_an_address_is_a_url_or_a_host_with_its_port(text: str) -> None:
    assert gateway_address(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "foo",
        "a.example",
        "ftp://a",
        "https://",
        "https://a:port",
        "https://a:70000",
        "https://a/v2/models",
        "https://[a",
    ],
)
def test_anything_else_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(OperationError, match="write https://HOST, or http://HOST:PORT"):
        gateway_address(text)


def test_every_known_question_is_asked_over_both_protocols(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = answers(monkeypatch)
    findings = list(check_gateway("https://a.example", REPOSITORY))

    assert {one.status for one in findings} == {Status.OK}
    assert asked == [
        f"https://a.example {model} {protocol}"
        for model in ("digits_pipeline", "sentiment_pipeline")
        for protocol in ("http", "grpc")
    ]
    assert findings[0].found == "digits_pipeline over HTTP: docs/samples/seven.png → 7, 12 ms"


def test_a_wrong_answer_fails_and_the_other_questions_are_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers(monkeypatch, wrong="digits_pipeline")
    findings = list(check_gateway("https://a.example", REPOSITORY))

    assert [one.status for one in findings] == [Status.FAIL, Status.FAIL, Status.OK, Status.OK]
    assert "digits_pipeline over HTTP: digits_pipeline answered 3" in findings[0].found


def test_without_an_address_or_a_known_model_it_is_skipped_and_says_so() -> None:
    (no_address,) = check_gateway(None, REPOSITORY)
    (no_model,) = check_gateway("https://a.example", NOTHING)

    assert (no_address.status, no_model.status) == (Status.SKIP, Status.SKIP)
    assert "neither --url nor [dns]" in no_address.found


def examined(url: str | None, domain: str | None) -> list[Finding]:
    settings, versions = load_settings("prod"), load_versions()
    if domain:
        dns = DnsSettings(domain=domain, hosted_zone_id="Z0123456789")
        settings = settings.model_copy(update={"dns": dns})
    account = AnsweringAccount(healthy_deployment(settings, versions))
    return examine_deployment(settings, versions, account, REPOSITORY, file="x.toml", url=url)


@pytest.mark.parametrize(
    ("url", "domain", "asked_at"),
    [
        (None, "inference.example.com", "https://inference.example.com"),
        ("http://1.2.3.4:80", "inference.example.com", "http://1.2.3.4:80"),
        ("http://1.2.3.4:80", None, "http://1.2.3.4:80"),
    ],
)
def test_the_url_goes_before_the_domain(
    monkeypatch: pytest.MonkeyPatch, url: str | None, domain: str | None, asked_at: str
) -> None:
    asked = answers(monkeypatch)
    examined(url, domain)

    assert asked[0].split()[0] == asked_at


def test_a_url_that_is_none_is_told_before_anything_is_asked() -> None:
    with pytest.raises(OperationError, match="no address of a gateway"):
        examined("ftp://a", None)


@pytest.mark.parametrize("protocol", list(Protocol))
@pytest.mark.parametrize(
    ("host", "remedy"), [("localhost", "make up"), ("127.1.1.1", "check the name and the network")]
)
def test_where_nobody_answers_the_remedy_is_one_of_that_place(
    protocol: Protocol, host: str, remedy: str
) -> None:
    (port,) = free_ports(1)
    (probe, *_) = known_questions(REPOSITORY)

    with pytest.raises(InferenceError, match=f"nobody answers at {host}:{port}: .*{remedy}"):
        ask(f"http://{host}:{port}", probe, protocol)


def test_a_name_that_leads_nowhere_is_told_in_the_same_way() -> None:
    (probe, *_) = known_questions(REPOSITORY)

    for protocol in Protocol:
        with pytest.raises(InferenceError, match=r"nobody answers at gateway\.invalid:443"):
            ask("https://gateway.invalid", probe, protocol)


@pytest.fixture
def self_signed(tmp_path: Path) -> Iterator[str]:
    """The URL of a TLS server that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = listener.accept()
                with context.wrap_socket(connection, server_side=True):
                    pass
            except OSError:
                continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"https://localhost:{listener.getsockname()[1]}"
    ended.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


def test_https_means_tls_and_a_certificate_that_somebody_vouches_for(self_signed: str) -> None:
    (probe, *_) = known_questions(REPOSITORY)

    with pytest.raises(InferenceError, match=r"no TLS with localhost:.*self-signed certificate"):
        ask(self_signed, probe, Protocol.HTTP)
    with pytest.raises(InferenceError):
        ask(self_signed, probe, Protocol.GRPC)


def test_tls_is_there_on_a_python_that_lacks_what_the_library_looks_for() -> None:
    # As on Python 3.12; the address is one that nobody has, so that nothing is sent.
    program = (
        "import gevent.ssl\n"
        "del gevent.ssl.match_hostname\n"
        "from operations.inference import Client\n"
        "Client('https://gateway.invalid')"
    )

    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True)
