"""Container images: where they are kept, and how they are named."""

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.rules.deployment import Deployment

MANIFESTS = "Custom::AWSCDK-EKS-KubernetesResource"
_BY_DIGEST = re.compile(r"@sha256:[0-9a-f]{64}$")


def repositories_cannot_be_overwritten(deployment: Deployment) -> Iterator[str]:
    """What was deployed once is the same when it is deployed again."""
    for repository in deployment.resources("AWS::ECR::Repository"):
        if repository.properties.get("ImageTagMutability") != "IMMUTABLE":
            yield f"{repository} lets tags move"
        if repository.properties.get("ImageScanningConfiguration") != {"ScanOnPush": True}:
            yield f"{repository} does not scan"
        encryption = repository.properties.get("EncryptionConfiguration", {})
        key = deployment.origin(repository.stack, encryption.get("KmsKey"))
        if encryption.get("EncryptionType") != "KMS" or key is None:
            yield f"{repository} is encrypted with no key of ours"


def repositories_forget_old_images(deployment: Deployment) -> Iterator[str]:
    """Images without a tag by age, the others by number."""
    for repository in deployment.resources("AWS::ECR::Repository"):
        policy = repository.properties.get("LifecyclePolicy", {})
        rules = json.loads(policy.get("LifecyclePolicyText", '{"rules": []}'))["rules"]
        kinds = {rule["selection"]["tagStatus"] for rule in rules}
        if kinds != {"untagged", "any"}:
            yield f"{repository} forgets {', '.join(sorted(kinds)) or 'nothing'}"


def pods_name_images_by_digest(deployment: Deployment) -> Iterator[str]:
    """A tag may mean another image tomorrow, ``latest`` surely does."""
    for where, images in _images_of_pods(deployment):
        for image in images:
            if not _BY_DIGEST.search(image):
                yield f"{where} runs {image}"


def pods_run_images_of_our_registry(deployment: Deployment) -> Iterator[str]:
    """The mirror has them; nobody else's registry is asked when a node starts."""
    for where, images in _images_of_pods(deployment):
        for image in images:
            if not re.search(rf"\.dkr\.ecr\..*/(<registry/|{deployment.settings.name})", image):
                yield f"{where} runs {image}"


def copies_are_made_by_digest(deployment: Deployment) -> Iterator[str]:
    """What the mirror copies."""
    for project in deployment.resources("AWS::CodeBuild::Project"):
        for variable in project.properties["Environment"].get("EnvironmentVariables", ()):
            if variable["Name"] != "IMAGES":
                continue
            for image in json.loads(deployment.text(project.stack, variable["Value"])):
                if not _BY_DIGEST.search(image["source"]):
                    yield f"{project} copies {image['source']}"


def objects(deployment: Deployment) -> Iterator[tuple[str, Any]]:
    """Every Kubernetes object, with where it is."""
    for release in deployment.resources(MANIFESTS):
        text = deployment.text(release.stack, release.properties["Manifest"])
        for found in json.loads(text):
            yield f"{release}: {found['kind']} {found['metadata']['name']}", found


def _images_of_pods(deployment: Deployment) -> Iterator[tuple[str, list[str]]]:
    for where, found in objects(deployment):
        images = list(_values(found, "image"))
        # A volume or an init container may name one as well, so every key of that name counts.
        if images:
            yield where, [image for image in images if isinstance(image, str)]


def _values(value: Any, key: str) -> Iterator[Any]:
    if isinstance(value, dict):
        for name, item in value.items():
            if name == key:
                yield item
            yield from _values(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _values(item, key)


RULES = (
    repositories_cannot_be_overwritten,
    repositories_forget_old_images,
    pods_name_images_by_digest,
    pods_run_images_of_our_registry,
    copies_are_made_by_digest,
)
