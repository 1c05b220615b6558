"""One account in one region, asked with the caller's credentials; AWS's refusals are explained."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from operations.aws.permission import permission
from operations.aws.unanswered import UnansweredError, unanswered
from operations.errors import OperationError

if TYPE_CHECKING:
    from boto3 import Session

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
        policy: The document with all permissions that the caller needs, where there is one.
    """

    def __init__(
        self,
        session: "Session",
        *,
        region: str,
        profile: str | None = None,
        policy: str | None = None,
    ) -> None:
        self.region = region
        self._session = session
        self._profile = profile
        self._policy = policy
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

    def must_be(self, number: str | None, environment: str) -> None:
        """Nothing, when this is the account of the environment, or any will do.

        Raises:
            OperationError: the credentials are those of another account.
            UnansweredError: there are no credentials, or AWS refuses them.
        """
        # Asked in any case: what comes next would only find out later that there are none.
        mine = self.identity.account
        if number and mine != number:
            raise OperationError(
                f"the credentials are those of account {mine}, but {environment} is in "
                f"{number} (`account` in its settings): change the profile"
            )

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
    ) -> Iterator[Any]:
        """The items of every page of an answer; a page is asked for when it is reached.

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
                pages: Iterable[Any]
                if client.can_paginate(operation):
                    pages = client.get_paginator(operation).paginate(**arguments)
                else:
                    pages = [getattr(client, operation)(**arguments)]
                for page in pages:
                    yield from page.get(items) or ()
        except UnansweredError as error:
            if error.code not in absent:
                raise

    @property
    def options(self) -> str:
        """What leads a command of the AWS CLI to this region, with these credentials."""
        return f"--region {self.region}{self._with_profile}"

    def aws(self, command: str) -> str:
        """A command of the AWS CLI, for this region and with these credentials."""
        if command.split()[0] in _GLOBAL:
            return f"aws {command}{self._with_profile}"
        return f"aws {command} {self.options}"

    def cdk(self, command: str) -> str:
        """A command of the CDK CLI, with these credentials."""
        return f"npx cdk {command}{self._with_profile}"

    @property
    def _with_profile(self) -> str:
        return f" --profile {self._profile}" if self._profile else ""

    def _client(self, service: str, region: str) -> Any:
        if (service, region) not in self._clients:
            client = self._session.client(service, region_name=region)
            self._clients[service, region] = client
        return self._clients[service, region]

    @contextmanager
    def _asking(self, service: str, operation: str, region: str | None = None) -> Iterator[Any]:
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        name = "".join(part.capitalize() for part in operation.split("_"))
        try:
            client = self._client(service, region or self.region)
            name = client.meta.method_to_api_mapping[operation]
            yield client
        except (BotoCoreError, ClientError, ResponseParserError, ValueError) as error:
            raise unanswered(
                error, permission(service, name), profile=self._profile, policy=self._policy
            ) from error
