"""Asking a model through the gateway, over HTTP or gRPC, with NVIDIA's own client."""

import json
import os
import re
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import tritonclient.grpc as grpc_client
from tritonclient.utils import InferenceServerException, np_to_triton_dtype, triton_to_np_dtype

from operations.errors import OperationError
from operations.triton_http import connect, http_client

Array = npt.NDArray[Any]

_TIMEOUT_SECONDS = 30
# A text that was meant as a path; what else it may be, nobody would want an opinion of.
_FILE_NAME = re.compile(r"\S+\.(png|jpe?g|gif|json|npy|txt)", re.IGNORECASE)
# How gRPC tells that no connection came to be.
_UNREACHED = re.compile("connect|resolving")


class Protocol(StrEnum):
    """How the gateway is spoken to."""

    HTTP = "http"
    GRPC = "grpc"

    @property
    def label(self) -> str:
        """As people write it."""
        return "gRPC" if self is Protocol.GRPC else "HTTP"


class InferenceError(OperationError):
    """The gateway or the model refused, or nobody answered; the message says why."""


@dataclass(frozen=True, kw_only=True)
class TensorSpec:
    """An input as the model's metadata tells it; -1 is a dimension of any size."""

    name: str
    datatype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a model said.

    Attributes:
        model: Its name.
        version: The version that answered.
        outputs: Nested lists by output name, bytes decoded to text.
        latency_ms: Of this one request, as the client saw it.
    """

    model: str
    version: str
    outputs: dict[str, Any]
    latency_ms: float


class Client:
    """One connection to a gateway; not to be shared between threads.

    Args:
        address: ``host:port`` of the gateway, or its URL; ``https`` asks for TLS.
        protocol: HTTP or gRPC; both are the same port.
    """

    def __init__(self, address: str, protocol: Protocol = Protocol.HTTP) -> None:
        url = urlsplit(address)
        host, tls = url.netloc or address, url.scheme == "https"
        if url.netloc and url.port is None:
            host = f"{host}:{443 if tls else 80}"
        self._host = host
        self._module: ModuleType = http_client if protocol is Protocol.HTTP else grpc_client
        if protocol is Protocol.HTTP:
            self._client = connect(host, tls=tls, timeout_seconds=_TIMEOUT_SECONDS)
        else:
            self._client = grpc_client.InferenceServerClient(host, ssl=tls)

    def __enter__(self) -> "Client":
        """The client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._client.close()

    def inputs_of(self, model: str) -> list[TensorSpec]:
        """What the model wants.

        Raises:
            InferenceError: there is no such model, or nobody answers.
        """
        try:
            metadata = self._client.get_model_metadata(
                model, **self._as_json(), **self._within_time()
            )
        except Exception as error:
            raise self._explained(error) from error
        return [
            TensorSpec(
                name=entry["name"],
                datatype=entry["datatype"],
                shape=tuple(int(size) for size in entry["shape"]),
            )
            for entry in metadata["inputs"]
        ]

    def infer(self, model: str, inputs: Mapping[str, Array]) -> Answer:
        """One inference.

        Args:
            model: Name of the model.
            inputs: Arrays by input name, batch dimension first; bytes for ``BYTES``.

        Raises:
            InferenceError: the request was refused or nobody answers.
        """
        tensors = []
        for name, array in inputs.items():
            datatype = _datatype(array)
            tensor = self._module.InferInput(name, list(array.shape), datatype)
            tensor.set_data_from_numpy(array)
            tensors.append(tensor)
        begin = time.perf_counter()
        try:
            result = self._client.infer(model, tensors, **self._within_time())
        except Exception as error:
            raise self._explained(error) from error
        latency_ms = (time.perf_counter() - begin) * 1000
        response = result.get_response(**self._as_json())
        return Answer(
            model=model,
            version=response.get("model_version", ""),
            outputs={
                entry["name"]: _plain(result.as_numpy(entry["name"]))
                for entry in response["outputs"]
            },
            latency_ms=latency_ms,
        )

    def _as_json(self) -> dict[str, bool]:
        return {"as_json": True} if self._module is grpc_client else {}

    def _within_time(self) -> dict[str, int]:
        # The client of HTTP was told when it was made.
        return {"client_timeout": _TIMEOUT_SECONDS} if self._module is grpc_client else {}

    def _explained(self, error: Exception) -> InferenceError:
        if isinstance(error, ssl.SSLError):
            return InferenceError(f"no TLS with {self._host}: {error}")
        if isinstance(error, InferenceServerException):
            message = str(error.message())
            if "UNAVAILABLE" in str(error.status()) and _UNREACHED.search(message):
                return self._nobody()
            return InferenceError(_told_by_gateway(message))
        if isinstance(error, OSError):
            return self._nobody()
        return InferenceError(f"{type(error).__name__}: {error}")

    def _nobody(self) -> InferenceError:
        local = self._host.startswith(("127.0.0.1", "localhost"))
        remedy = "start the platform with `make up`" if local else "check the name and the network"
        return InferenceError(f"nobody answers at {self._host}: {remedy}")


def encode(text: str, wanted: list[TensorSpec]) -> dict[str, Array]:
    """Turn what a person typed into the inputs of a model, as a batch of one.

    A path of an existing file stands for its content. A model with one ``BYTES`` input takes
    the bytes or the text as they are; everything else is JSON: the value of the only input, or
    an object with a value for each.

    Raises:
        InferenceError: it does not fit; says what the model takes.
    """
    # os.path.isfile, unlike pathlib's, calls a text that can be no path simply no file.
    is_file = os.path.isfile(text)
    if not is_file and _FILE_NAME.fullmatch(text):
        raise InferenceError(f"there is no file {text!r}")
    raw = Path(text).read_bytes() if is_file else text.encode("utf-8", "surrogateescape")
    is_json = (is_file and text.endswith(".json")) or wanted[0].datatype != "BYTES"
    if len(wanted) == 1 and not is_json:
        return {wanted[0].name: np.array([raw], dtype=np.object_).reshape(_shape(wanted[0], 1))}
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise InferenceError(f"the input is not JSON; the model takes {_told(wanted)}") from error
    values = value if isinstance(value, dict) else {wanted[0].name: value}
    if set(values) != {spec.name for spec in wanted}:
        raise InferenceError(f"give exactly these inputs: {_told(wanted)}")
    return {spec.name: _array(values[spec.name], spec) for spec in wanted}


def _array(value: Any, spec: TensorSpec) -> Array:
    try:
        if spec.datatype == "BYTES":
            flat = np.array(
                [str(item).encode() for item in np.array(value, dtype=np.object_).ravel()],
                dtype=np.object_,
            )
        else:
            flat = np.array(value, dtype=triton_to_np_dtype(spec.datatype)).ravel()
        return flat.reshape(_shape(spec, flat.size))
    except (ValueError, TypeError, OverflowError) as error:
        raise InferenceError(f"{spec.name}: the value is not {_told([spec])}") from error


def _shape(spec: TensorSpec, size: int) -> tuple[int, ...]:
    """The spec's shape for so many values: the first free dimension takes what there is."""
    shape = [1 if dim < 0 else dim for dim in spec.shape]
    if -1 in spec.shape:
        first = spec.shape.index(-1)
        shape[first] = size // int(np.prod(shape))
    return tuple(shape)


def _told_by_gateway(message: str) -> str:
    """The gateway's own refusals reach a gRPC client as JSON text."""
    try:
        return str(json.loads(message)["error"])
    except (ValueError, TypeError, KeyError):
        return message


def _told(specs: list[TensorSpec]) -> str:
    return ", ".join(
        f"{spec.name} {spec.datatype} [{', '.join('any' if d < 0 else str(d) for d in spec.shape)}]"
        for spec in specs
    )


def _datatype(array: Array) -> str:
    return str(np_to_triton_dtype(array.dtype))


def _plain(array: Array) -> Any:
    if array.dtype == np.object_:
        return np.vectorize(lambda item: item.decode("utf-8", "replace"), otypes=[np.object_])(
            array
        ).tolist()
    return array.tolist()
