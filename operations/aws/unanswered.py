"""A question that AWS did not answer, told by its cause instead of by a traceback."""

from typing import Any

from operations.errors import OperationError

_DENIED = (
    "AccessDenied",
    "AuthorizationError",
    "NotAuthorized",
    "UnauthorizedException",
    "UnauthorizedOperation",
)
# What services say to credentials that they do not know, or no longer.
REJECTED = (
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
)


class UnansweredError(OperationError):
    """AWS was asked in vain; the message says which question and why.

    Attributes:
        code: What AWS calls the error; empty when it did not answer at all.
        told: The operation and what AWS says, in its own words; empty when it did not answer.
        meaning: What that leaves open.
    """

    meaning = "this was not checked"

    def __init__(self, message: str, *, fix: str, code: str = "", told: str = "") -> None:
        super().__init__(message)
        self.fix = (fix,)
        self.code = code
        self.told = told

    @property
    def denied(self) -> bool:
        """Whether AWS knows the credentials, and they may not ask."""
        return self.code.startswith(_DENIED)


def unanswered(
    error: Exception, permission: str, *, profile: str | None = None, policy: str | None = None
) -> UnansweredError:
    """Tell why a question was not answered.

    Args:
        error: What botocore raised.
        permission: The IAM action that the question needs, such as ``ec2:DescribeRegions``.
        profile: Whose credentials were used.
        policy: The document with all permissions that the caller needs.
    """
    from botocore.exceptions import (
        ClientError,
        ConnectionError,
        HTTPClientError,
        NoCredentialsError,
        ParamValidationError,
    )
    from botocore.parsers import ResponseParserError

    sign_in = f"aws sso login{f' --profile {profile}' if profile else ''}"
    if isinstance(error, NoCredentialsError):
        return UnansweredError(
            "no AWS credentials",
            fix=f"{sign_in} (or aws configure sso, then this command with --profile NAME)",
        )
    if isinstance(error, ClientError):
        return _refused(error, permission, sign_in, policy)
    if isinstance(error, (ConnectionError, HTTPClientError)):
        return UnansweredError(
            f"{permission} was not reached: {error}",
            fix="check the network, the proxy (HTTPS_PROXY) and AWS_ENDPOINT_URL",
        )
    if isinstance(error, ResponseParserError):
        return UnansweredError(
            f"{permission} was answered by something that is not AWS",
            fix="check the proxy (HTTPS_PROXY) and AWS_ENDPOINT_URL",
        )
    if isinstance(error, ValueError):  # an address that is none
        return UnansweredError(
            f"{permission} could not be asked: {error}", fix="check AWS_ENDPOINT_URL"
        )
    if isinstance(error, ParamValidationError):
        return UnansweredError(
            f"{permission} could not be asked: {error}", fix="report it: the command asked wrongly"
        )
    # The rest is about credentials: an expired login, a profile that is half written.
    return UnansweredError(
        f"the AWS credentials are not usable: {error}", fix=f"sign in again: {sign_in}"
    )


def _refused(error: Any, permission: str, sign_in: str, policy: str | None) -> UnansweredError:
    given = error.response.get("Error", {})
    code, message = str(given.get("Code", "an error")), str(given.get("Message", ""))
    told = f"{error.operation_name}: {message or code}"
    if code.startswith(_DENIED):
        return UnansweredError(
            f"the credentials may not call {permission} ({code})",
            fix=f"allow {permission} to them"
            + (f": {policy} has the whole policy" if policy else ""),
            code=code,
            told=told,
        )
    if code in REJECTED:
        return UnansweredError(
            f"AWS does not accept the credentials: {permission} answered {code}",
            fix=f"sign in again: {sign_in}",
            code=code,
            told=told,
        )
    return UnansweredError(
        f"{permission} answered {code}: {message}",
        fix="run this command again",
        code=code,
        told=told,
    )
