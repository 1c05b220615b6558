"""A question that AWS did not answer, told by its cause instead of by a traceback."""

from operations.errors import OperationError

_DENIED = ("AccessDenied", "UnauthorizedOperation", "AuthorizationError", "NotAuthorized")
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
        meaning: What that leaves open.
        fix: What to do, one a line.
    """

    meaning = "this was not checked"

    def __init__(self, message: str, *, fix: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.fix = (fix,)


def unanswered(error: Exception, permission: str, profile: str | None) -> UnansweredError:
    """Tell why a question was not answered.

    Args:
        error: What botocore raised.
        permission: The IAM action that the question needs, such as ``ec2:DescribeRegions``.
        profile: Whose credentials were used.
    """
    from botocore.exceptions import (
        ClientError,
        ConnectionError,
        HTTPClientError,
        NoCredentialsError,
    )
    from botocore.parsers import ResponseParserError

    sign_in = f"aws sso login{f' --profile {profile}' if profile else ''}"
    if isinstance(error, NoCredentialsError):
        return UnansweredError(
            "no AWS credentials",
            fix=f"{sign_in} (or aws configure sso, then this command with --profile NAME)",
        )
    if isinstance(error, ClientError):
        code = str(error.response["Error"].get("Code", "an error"))
        if code.startswith(_DENIED):
            return UnansweredError(
                f"the credentials may not call {permission} ({code})",
                fix=f"allow {permission} to them: docs/doctor.md has the whole policy",
                code=code,
            )
        if code in REJECTED:
            return UnansweredError(
                f"AWS does not accept the credentials: {permission} answered {code}",
                fix=f"sign in again: {sign_in}",
                code=code,
            )
        message = f"{permission} answered {code}: {error.response['Error'].get('Message', '')}"
        return UnansweredError(message, fix="run this command again", code=code)
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
    # The rest is about credentials: an expired login, a profile that is half written.
    return UnansweredError(
        f"the AWS credentials are not usable: {error}", fix=f"sign in again: {sign_in}"
    )
