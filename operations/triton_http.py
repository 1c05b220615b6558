"""NVIDIA's client for HTTP, able to speak TLS on every Python that this project runs on."""

from typing import Any

import gevent.ssl

# The library below it has TLS only where it finds this function, which Python 3.12 no longer has.
# It is never called: the context checks the name in the certificate, see `insecure`.
if not hasattr(gevent.ssl, "match_hostname"):
    gevent.ssl.match_hostname = None

import tritonclient.http as http_client

__all__ = ["connect", "http_client"]


def connect(host: str, *, tls: bool, timeout_seconds: float) -> Any:
    """A client of ``host:port``.

    Args:
        host: Where.
        tls: Whether to speak TLS; then the certificate must be valid for the host.
        timeout_seconds: For a connection, and for each answer.
    """
    return http_client.InferenceServerClient(
        host,
        connection_timeout=timeout_seconds,
        network_timeout=timeout_seconds,
        ssl=tls,
        ssl_context_factory=gevent.ssl.create_default_context,
        insecure=True,
    )
