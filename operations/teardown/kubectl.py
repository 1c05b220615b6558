"""``kubectl`` as a subprocess, and the proof that it aims at the right cluster."""

import json
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operations.aws.account import Account
from operations.errors import OperationError
from operations.teardown.cluster import Cluster

_REQUEST_SECONDS = 20
_PROGRAM_SECONDS = 120


class KubectlError(OperationError):
    """The cluster cannot be asked; the message says why."""


@dataclass(frozen=True, kw_only=True)
class KubernetesObject:
    """One object on the cluster.

    Attributes:
        api_version: Such as ``keda.sh/v1alpha1``.
        kind: Such as ``ScaledObject``.
        namespace: Empty for those of the whole cluster.
        name: Its name.
        finalizers: Whose work has to be done before it goes.
        going: Whether its deletion was asked for.
    """

    api_version: str
    kind: str
    namespace: str
    name: str
    finalizers: tuple[str, ...] = ()
    going: bool = False

    def __str__(self) -> str:
        """``Ingress inference/triton``."""
        return f"{self.kind} {f'{self.namespace}/' if self.namespace else ''}{self.name}"


@dataclass(frozen=True, kw_only=True)
class Kubectl:
    """The program on the ``PATH``.

    Attributes:
        kubeconfig: Its file. Default: what kubectl itself would take.
        context: Of that file. Default: the current one.
    """

    kubeconfig: Path | None = None
    context: str | None = None

    def check(self, cluster: Cluster, account: Account) -> None:
        """Nothing, when the context leads to this very cluster and it answers.

        Raises:
            KubectlError: there is no kubectl or context, it leads elsewhere, or nobody answers.
        """
        fields = ("server", "certificate-authority-data")
        path = "".join(f'{{.clusters[0].cluster.{field}}}{{"\\n"}}' for field in fields)
        told = self._run(
            ["config", "view", "--raw", "--minify", "--output", f"jsonpath={path}"],
            advice=_login(cluster, account),
        )
        server, authority, *_ = [*told.splitlines(), "", ""]
        # A tunnel has another address, but the same certificate authority.
        if server.lower() != cluster.endpoint.lower() and (
            not authority or authority != cluster.certificate_authority
        ):
            raise KubectlError(
                f"kubectl's context leads to {server or 'no cluster'}, not to {cluster.name} "
                f"({cluster.endpoint}): {_login(cluster, account)}, or name another one with "
                "--context"
            )
        where = " from inside its network, where alone its API server answers"
        self._run(
            ["get", "--raw", "/version"],
            advice=f"try it{where if cluster.private else ''}",
        )

    def kinds(self) -> tuple[str, ...]:
        """What the cluster knows that can be listed and deleted: ``canaries.flagger.app``."""
        told = self._run(
            ["api-resources", "--verbs=list,delete", "--output=name"],
            # With an operator gone that serves an API of its own, the others are still listed.
            tolerated="unable to retrieve the complete list of server APIs",
        )
        return tuple(told.split())

    def objects(self, kinds: Iterable[str]) -> list[dict[str, Any]]:
        """The objects of these kinds in all namespaces, as the API server has them."""
        names = ",".join(kinds)
        if not names:
            return []
        listed = self._run(["get", names, "--all-namespaces", "--output=json"])
        items: list[dict[str, Any]] = json.loads(listed)["items"]
        return items

    def delete(self, objects: Sequence[KubernetesObject]) -> None:
        """Ask for the deletion of objects, without waiting for it."""
        items = [
            {
                "apiVersion": one.api_version,
                "kind": one.kind,
                "metadata": {"name": one.name}
                | ({"namespace": one.namespace} if one.namespace else {}),
            }
            for one in objects
        ]
        self._run(
            ["delete", "--filename=-", "--ignore-not-found", "--wait=false"],
            given=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}),
        )

    def _run(
        self,
        arguments: Sequence[str],
        *,
        given: str | None = None,
        tolerated: str | None = None,
        advice: str = "",
    ) -> str:
        program = shutil.which("kubectl")
        if program is None:
            raise KubectlError(
                "there is no kubectl on the PATH: install it (https://kubernetes.io/docs/tasks/tools)"
            )
        command = [program, f"--request-timeout={_REQUEST_SECONDS}s", *arguments]
        if self.kubeconfig:
            command.append(f"--kubeconfig={self.kubeconfig}")
        if self.context:
            command.append(f"--context={self.context}")
        try:
            ended = subprocess.run(
                command,
                input=given,
                stdin=subprocess.DEVNULL if given is None else None,
                capture_output=True,
                text=True,
                check=False,
                timeout=_PROGRAM_SECONDS,
            )
        except subprocess.TimeoutExpired as error:
            raise KubectlError(
                f"kubectl {arguments[0]} did not end within {_PROGRAM_SECONDS} s"
            ) from error
        if ended.returncode and not (tolerated and tolerated in ended.stderr and ended.stdout):
            raise KubectlError(
                f"kubectl {arguments[0]}: {_last_line(ended.stderr) or 'it gives no reason'}"
                + (f": {advice}" if advice else "")
            )
        return ended.stdout


def _last_line(text: str) -> str:
    """The line that matters: kubectl repeats itself before it."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def _login(cluster: Cluster, account: Account) -> str:
    return f"write a context: aws eks update-kubeconfig {account.options} --name {cluster.name}"
