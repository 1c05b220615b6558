"""One account in one region, asked with the caller's credentials; nothing here changes it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from operations.doctor.unanswered import UnansweredError, unanswered

if TYPE_CHECKING:
    from botocore.session import Session

# Services whose IAM actions have another prefix than their client.
_PREFIX = {"service-quotas": "servicequotas"}
# Services that have no regions, so that their commands name none.
_GLOBAL = ("account", "iam", "route53", "sso")


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who asks.

    Attributes:
        account: Twelve digits.
        partition: ``aws``, or ``aws-us-gov``.
        arn: The role or user.
    """

    account: str
    partition: str
    arn: str


class Account:
    """An account in a region.

    Args:
        session: With the credentials.
        region: Where the environment is.
        profile: Named in the commands that are shown, when it was named by the caller.
    """

    def __init__(self, session: "Session", *, region: str, profile: str | None = None) -> None:
        self.region = region
        self._profile = profile
        self._session = session
        self._clients: dict[tuple[str, str], Any] = {}

    @cached_property
    def identity(self) -> Identity:
        """Who asks, which needs no permission.

        Raises:
            UnansweredError: there are no credentials, or AWS refuses them.
        """
        # A region that the account did not enable refuses good credentials: ask where all are in.
        home = "us-gov-west-1" if self.region.startswith("us-gov-") else "us-east-1"
        arn = str(self.ask("sts", "get_caller_identity", region=home)["Arn"])
        _, partition, _, _, account, _ = arn.split(":", 5)
        return Identity(account=account, partition=partition, arn=arn)

    def ask(
        self, service: str, operation: str, *, region: str | None = None, **arguments: Any
    ) -> Mapping[str, Any]:
        """The answer to one question.

        Raises:
            UnansweredError: there is none; says why.
        """
        with self._asking(service, operation, region) as client:
            answer: Mapping[str, Any] = getattr(client, operation)(**arguments)
        return answer

    def find(
        self, service: str, operation: str, *, absent: tuple[str, ...], **arguments: Any
    ) -> Mapping[str, Any] | None:
        """The answer to one question, or ``None``.

        Args:
            service: Of AWS.
            operation: Of the service, in Python's spelling.
            absent: Error codes by which the service says that there is no such thing.
            **arguments: Of the operation.

        Raises:
            UnansweredError: AWS did not answer; says why.
        """
        try:
            return self.ask(service, operation, **arguments)
        except UnansweredError as error:
            if error.code in absent:
                return None
            raise

    def ask_all(
        self,
        service: str,
        operation: str,
        items: str,
        *,
        absent: tuple[str, ...] = (),
        **arguments: Any,
    ) -> list[Any]:
        """The items of every page of an answer.

        Args:
            service: Of AWS.
            operation: Of the service, in Python's spelling.
            items: What the answer calls them.
            absent: Error codes that mean: none.
            **arguments: Of the operation.

        Raises:
            UnansweredError: AWS did not answer; says why.
        """
        try:
            with self._asking(service, operation) as client:
                pages = client.get_paginator(operation).paginate(**arguments)
                return [item for page in pages for item in page[items]]
        except UnansweredError as error:
            if error.code in absent:
                return []
            raise

    def aws(self, command: str) -> str:
        """A command of the AWS CLI, for this region and with these credentials."""
        region = "" if command.split()[0] in _GLOBAL else f" --region {self.region}"
        return f"aws {command}{region}{self._with_profile}"

    def cdk(self, command: str) -> str:
        """A command of the CDK CLI, with these credentials."""
        return f"npx cdk {command}{self._with_profile}"

    @property
    def _with_profile(self) -> str:
        return f" --profile {self._profile}" if self._profile else ""

    @contextmanager
    def _asking(self, service: str, operation: str, region: str | None = None) -> Iterator[Any]:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        action = "".join(part.capitalize() for part in operation.split("_"))
        permission = f"{_PREFIX.get(service, service)}:{action}"
        key = (service, region or self.region)
        try:
            if key not in self._clients:
                self._clients[key] = self._session.create_client(service, region_name=key[1])
            api_names = self._clients[key].meta.method_to_api_mapping
            permission = f"{_PREFIX.get(service, service)}:{api_names[operation]}"
            yield self._clients[key]
        except (BotoCoreError, ClientError, ResponseParserError, ValueError) as error:
            raise unanswered(error, permission, self._profile) from error
