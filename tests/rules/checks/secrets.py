"""No secret is in a template, and whoever needs one is told its name only."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class

from config.naming import PROJECT
from tests.rules.checks.images import objects
from tests.rules.deployment import Deployment

# Addresses are no secrets: those of the settings and 0.0.0.0/0 are meant to be there.
_NO_DETECTOR = "IPPublicDetector"
_NAMED_LIKE_A_SECRET = re.compile(
    r"SECRET|PASSW|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL", re.IGNORECASE
)
_NAMEABLE = ("AWS::KMS::Key", "AWS::SecretsManager::Secret")
_HASH = re.compile(r"[0-9a-f]{64}")


def no_text_looks_like_a_secret(deployment: Deployment) -> Iterator[str]:
    """By the detectors of ``detect-secrets``; names that CDK made with a hash are none."""
    vaults = deployment.resources("AWS::Backup::BackupVault")
    given = {vault.properties["BackupVaultName"] for vault in vaults}
    for stack, template in deployment.templates.items():
        names = {*given, *template["Resources"], *template.get("Outputs", ())}
        names |= {name.rpartition(":")[2] for name in deployment.exports}
        for line in json.dumps(template, indent=0).splitlines():
            for kind, text in _suspicious(_HASH.sub("<hash>", line)):
                if text not in names and not text.startswith(PROJECT):
                    yield f"{stack}: {kind}: {text}"


def no_secret_has_its_value_in_the_template(deployment: Deployment) -> Iterator[str]:
    """Values are generated on AWS or filled in by a person, and are encrypted with our key."""
    for secret in deployment.resources("AWS::SecretsManager::Secret"):
        if "SecretString" in secret.properties:
            yield f"{secret} has its value in the template"
        template = secret.properties.get("GenerateSecretString", {}).get("SecretStringTemplate")
        if template and set(json.loads(template)) - {"username"}:
            yield f"{secret} has more than a name in the template"
        key = deployment.origin(secret.stack, secret.properties.get("KmsKeyId"))
        if key is None or key.type != "AWS::KMS::Key":
            yield f"{secret} is encrypted with no key of ours"


def no_template_resolves_a_secret(deployment: Deployment) -> Iterator[str]:
    """``{{resolve:secretsmanager`` would write the value into whatever resource asks."""
    for stack, template in deployment.templates.items():
        for word in ("{{resolve:secretsmanager", "{{resolve:ssm-secure"):
            if word in json.dumps(template):
                yield f"{stack} has {word}"


def no_variable_carries_a_secret(deployment: Deployment) -> Iterator[str]:
    """Of functions, builds and pods; a pod may name a Kubernetes secret."""
    for where, names in _variables(deployment):
        for name in names:
            if _NAMED_LIKE_A_SECRET.search(name):
                yield f"{where} has the variable {name}"


def no_output_tells_a_secret(deployment: Deployment) -> Iterator[str]:
    """Names of keys and secrets may be told, and the command that asks for a token."""
    for stack, template in deployment.templates.items():
        for name, output in template.get("Outputs", {}).items():
            origin = deployment.origin(stack, output["Value"])
            named = origin is not None and origin.type in _NAMEABLE
            command = deployment.text(stack, output["Value"]).startswith("aws eks get-token ")
            if _NAMED_LIKE_A_SECRET.search(name) and not named and not command:
                yield f"{stack} tells {name}"


def _variables(deployment: Deployment) -> Iterator[tuple[str, Sequence[str]]]:
    for function in deployment.resources("AWS::Lambda::Function"):
        yield str(function), list(function.properties.get("Environment", {}).get("Variables", {}))
    for project in deployment.resources("AWS::CodeBuild::Project"):
        variables = project.properties["Environment"].get("EnvironmentVariables", ())
        yield str(project), [one["Name"] for one in variables]
    for where, found in objects(deployment):
        yield (
            where,
            [
                one["name"]
                for container in _containers(found)
                for one in container.get("env", ())
                if "value" in one
            ],
        )


def _containers(found: Any) -> Iterator[Any]:
    spec = found.get("spec", {}).get("template", {}).get("spec", {})
    for key in ("containers", "initContainers"):
        yield from spec.get(key, ())


@cache
def _detectors() -> Sequence[Any]:
    found: Iterable[Any] = get_mapping_from_secret_type_to_class().values()
    return [detector() for detector in found if detector.__name__ != _NO_DETECTOR]


@cache
def _suspicious(line: str) -> Sequence[tuple[str, str]]:
    return [
        (found.type, found.secret_value or "")
        for detector in _detectors()
        for found in detector.analyze_line(filename="template", line=line)
    ]


RULES = (
    no_text_looks_like_a_secret,
    no_secret_has_its_value_in_the_template,
    no_template_resolves_a_secret,
    no_variable_carries_a_secret,
    no_output_tells_a_secret,
)
