"""A settings file of its own for each platform that a test starts."""

import socket
import tomllib
from contextlib import ExitStack
from pathlib import Path

from config import LocalSettings
from config.settings import ENVIRONMENTS


def write_environment(directory: Path) -> Path:
    """The dev environment with free ports and its state below ``directory``."""
    text = (ENVIRONMENTS / "dev.toml").read_text(encoding="utf-8")
    shared, _, _ = text.partition("[local]")
    names = list(LocalSettings().ports())
    lines = [f'state_directory = "{directory / "state"}"']
    lines += [f"{name} = {port}" for name, port in zip(names, free_ports(len(names)), strict=True)]
    path = directory / "environment.toml"
    path.write_text("\n".join([shared, "[local]", *lines, ""]), encoding="utf-8")
    tomllib.loads(path.read_text(encoding="utf-8"))
    return path


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens to at this moment, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
