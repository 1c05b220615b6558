"""What builds install, and how far they reach."""

import json
import re
from collections.abc import Iterator

from tests.rules.deployment import Deployment

_NPM = re.compile(r"npm (?:install|i) (?:-g|--global) ([^\s\"\\]+)")
_EXACT = re.compile(r"^(@[\w-]+/)?[\w-]+@\d+\.\d+\.\d+$")


def builds_install_exact_versions(deployment: Deployment) -> Iterator[str]:
    """A build that may deploy runs no program that somebody released a minute ago."""
    for project in deployment.resources("AWS::CodeBuild::Project"):
        text = json.dumps(project.properties["Source"].get("BuildSpec", ""))
        for program in _NPM.findall(text):
            if not _EXACT.match(program):
                yield f"{project} installs {program}"


def builds_are_unprivileged(deployment: Deployment) -> Iterator[str]:
    """None runs as root of its machine, as building images with Docker would need."""
    for project in deployment.resources("AWS::CodeBuild::Project"):
        if project.properties["Environment"].get("PrivilegedMode"):
            yield f"{project} is privileged"


RULES = (builds_install_exact_versions, builds_are_unprivileged)
