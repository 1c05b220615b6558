"""An AWS account in memory, with a kubectl that answers from files."""

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from operations.aws.account import Account
from operations.teardown.target import Target
from tests.support.aws_answers import REGION
from tests.support.cloudformation import FakeCloudFormation
from tests.support.moto_account import moto_session

ACCOUNT = "123456789012"
TARGET = Target(environment="dev", region=REGION)
ENDPOINT = "https://ABC.gr7.eu-central-1.eks.amazonaws.com"
AUTHORITY = "Q0EgREFUQQ=="
TAGS = [{"Key": key, "Value": value} for key, value in TARGET.tags.items()]
CLUSTER_TAGS = [{"Key": TARGET.ownership_tag, "Value": "owned"}]

_READING = ("Describe", "Get", "List", "Head")

Answer = Callable[[dict[str, Any]], Any]


class AwsAccount:
    """What was asked of AWS, and answers where moto has none.

    Attributes:
        calls: Each call's operation and arguments, in order.
        answers: By operation: what is answered instead of moto.
        stacks: CloudFormation.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.stacks = FakeCloudFormation()
        self.answers: dict[str, Answer] = {
            "DescribeCluster": _no_cluster,
            "ListRecoveryPointsByBackupVault": lambda given: {"RecoveryPoints": []},
            **self.stacks.answers,
        }

    def client(self, service: str) -> Any:
        """A client of the account, for planting things."""
        return _client(service, REGION)

    def has_cluster(self, **changes: Any) -> None:
        """Make the EKS cluster exist; moto knows neither its endpoint nor its protection."""
        told = {
            "name": TARGET.cluster,
            "endpoint": ENDPOINT,
            "certificateAuthority": {"data": AUTHORITY},
            "resourcesVpcConfig": {"endpointPublicAccess": False},
            "deletionProtection": False,
        }
        self.answers["DescribeCluster"] = lambda given: {"cluster": told | changes}

    @property
    def changed(self) -> list[str]:
        """The calls that were not only reading."""
        return [name for name, _ in self.calls if not name.startswith(_READING)]


@contextmanager
def aws_account() -> Iterator[AwsAccount]:
    """An empty account that this process has credentials for."""
    account = AwsAccount()
    asked = BaseClient._make_api_call

    def recorded(self: Any, operation: str, given: dict[str, Any]) -> Any:
        account.calls.append((operation, given))
        if operation in account.answers:
            return account.answers[operation](given)
        answers = [asked(self, operation, one) for one in _one_tag_key_each(given)]
        for key, listed in answers[0].items():
            if isinstance(listed, list):
                answers[0][key] = [item for answer in answers for item in answer[key]]
        return answers[0]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # they take half a second a test
        patch.setattr(BaseClient, "_make_api_call", recorded)
        patch.setattr(Account, "_client", lambda self, service, region: _client(service, region))
        with moto_session():
            yield account


@cache
def _client(service: str, region: str) -> Any:
    # Made once for all tests: each takes a twentieth of a second.
    return boto3.client(service, region_name=region)


def _one_tag_key_each(given: dict[str, Any]) -> list[dict[str, Any]]:
    """AWS lists what has any of several tag keys; moto wants all on the same thing."""
    keys = [one["Values"] for one in given.get("Filters", ()) if one.get("Name") == "tag-key"]
    if not keys:
        return [given]
    return [given | {"Filters": [{"Name": "tag-key", "Values": [key]}]} for key in keys[0]]


def refusal(operation: str, code: str, message: str) -> ClientError:
    """How botocore tells that AWS said no."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


def _no_cluster(given: dict[str, Any]) -> None:
    raise refusal("DescribeCluster", "ResourceNotFoundException", "No cluster found")


_SCRIPT = """#!/bin/sh
# Answers from the files beside it, and writes down what it was asked.
cd "$(dirname "$0")"
printf '%s\\n' "$*" >> calls
case "$*" in
  *"config view"*) cat context ;;
  *"get --raw"*) if [ -s down ]; then cat down >&2; exit 1; fi ;;
  *api-resources*) cat kinds ;;
  *delete*) cat > last; cat last >> deleted
    if [ ! -e stuck ]; then
      if grep -q 'Ingress\\|"Service"' last; then echo '{"items": []}' > exposing
      else echo '{"items": []}' > custom; fi
    fi ;;
  *"get ingresses"*) cat exposing ;;
  *get*) cat custom ;;
esac
"""

_KINDS = (
    "services",
    "pods",
    "ingresses.networking.k8s.io",
    "scaledobjects.keda.sh",
    "canaries.flagger.app",
    "cninodes.vpcresources.k8s.aws",
)


class FakeKubectl:
    """A ``kubectl`` on the PATH.

    Args:
        folder: Where the program and its files are.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        program = folder / "kubectl"
        program.write_text(_SCRIPT, encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.write("context", f"{ENDPOINT}\n{AUTHORITY}\n")
        self.write("kinds", "\n".join(_KINDS))
        self.has("exposing")
        self.has("custom")

    def write(self, name: str, text: str) -> None:
        """One of its files."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def read(self, name: str) -> str:
        """One of its files; empty when it was never written."""
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def has(self, group: str, *objects: dict[str, Any]) -> None:
        """What is on the cluster: ``exposing`` or ``custom``."""
        self.write(group, json.dumps({"items": objects}))

    @property
    def path(self) -> str:
        """A PATH on which it comes first."""
        return f"{self.folder}{os.pathsep}{os.environ['PATH']}"


def kubernetes_object(kind: str, name: str, api: str = "v1", **more: Any) -> dict[str, Any]:
    """An object as the API server gives it."""
    metadata = {"name": name, "namespace": "inference"} | more.pop("metadata", {})
    return {"apiVersion": api, "kind": kind, "metadata": metadata} | more


INGRESS = kubernetes_object("Ingress", "triton", "networking.k8s.io/v1")
BALANCED_SERVICE = kubernetes_object("Service", "gateway", spec={"type": "LoadBalancer"})
INNER_SERVICE = kubernetes_object("Service", "triton", spec={"type": "ClusterIP"})
SCALED_OBJECT = kubernetes_object("ScaledObject", "triton", "keda.sh/v1alpha1")
