"""The AWS account that is asked, and how its refusals are told."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from operations.errors import OperationError

_CREDENTIALS = (
    "sign in (`aws sso login`, or `aws configure`), or name a profile: AWS_PROFILE=<name>"
)
# Codes with which AWS refuses credentials that are there.
_BAD_CREDENTIALS = {
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}


class Account:
    """One region of one account, asked with the credentials of this shell.

    Args:
        region: Where everything is.
    """

    def __init__(self, region: str) -> None:
        self.region = region
        self._clients: dict[str, Any] = {}

    @cached_property
    def id(self) -> str:
        """Number of the account."""
        return str(self.client("sts").get_caller_identity()["Account"])

    def must_be(self, number: str | None, environment: str) -> None:
        """Nothing, when this is the account of the environment, or any will do.

        Raises:
            OperationError: the credentials are those of another account.
        """
        if number and self.id != number:
            raise OperationError(
                f"the credentials are those of account {self.id}, but {environment} is in "
                f"{number} (`account` in its settings): change the profile"
            )

    def client(self, service: str) -> Any:
        """The boto3 client of a service."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service)
        return self._clients[service]

    @cached_property
    def _session(self) -> Any:
        import boto3  # takes a quarter of a second, which only these commands pay

        return boto3.Session(region_name=self.region)

    def items(self, service: str, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
        """Everything that a call lists under ``key``, over all its pages."""
        client = self.client(service)
        pages: Iterable[Any]
        if client.can_paginate(operation):
            pages = client.get_paginator(operation).paginate(**arguments)
        else:
            pages = [getattr(client, operation)(**arguments)]
        for page in pages:
            yield from page.get(key) or ()


def tags_of(described: Any, key: str = "Tags") -> dict[str, str]:
    """AWS's list of key and value as a dictionary; the spelling differs by service."""
    return {
        tag.get("Key", tag.get("TagKey")): tag.get("Value", tag.get("TagValue", ""))
        for tag in described.get(key) or ()
    }


def error_code(error: Any) -> str:
    """The code of a botocore ``ClientError``."""
    return str(error.response.get("Error", {}).get("Code", ""))


def refusal(error: Any) -> str:
    """What a ``ClientError`` says, without botocore's preamble."""
    told = error.response.get("Error", {}).get("Message") or str(error)
    return f"{error.operation_name}: {told}"


@contextmanager
def aws_explained() -> Iterator[None]:
    """Botocore's exceptions become an ``OperationError`` that says what to do.

    Raises:
        OperationError: AWS could not be asked, or refused.
    """
    from botocore import exceptions as aws

    try:
        yield
    except (aws.NoCredentialsError, aws.PartialCredentialsError) as error:
        raise OperationError(f"there are no AWS credentials: {_CREDENTIALS}") from error
    except (aws.CredentialRetrievalError, aws.SSOError, aws.TokenRetrievalError) as error:
        raise OperationError(f"the AWS credentials do not work: {error}: {_CREDENTIALS}") from error
    except aws.ProfileNotFound as error:
        raise OperationError(f"{error}: correct AWS_PROFILE, or unset it") from error
    except aws.HTTPClientError as error:
        raise OperationError(
            f"AWS does not answer: {error}: check the network and the environment's region"
        ) from error
    except aws.ClientError as error:
        if error_code(error) in _BAD_CREDENTIALS:
            raise OperationError(
                f"the AWS credentials do not work: {refusal(error)}: {_CREDENTIALS}"
            ) from error
        raise OperationError(f"AWS refused: {refusal(error)}") from error
    except aws.BotoCoreError as error:
        raise OperationError(f"AWS could not be asked: {error}") from error
