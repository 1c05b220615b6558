"""AWS's client library with the caller's credentials, and how long it waits for an answer."""

from typing import TYPE_CHECKING

from operations.errors import OperationError

if TYPE_CHECKING:
    from boto3 import Session

# Nobody waits a minute to hear of a closed network.
_CONNECT_SECONDS = 3
_READ_SECONDS = 10
_ATTEMPTS = 2
# As long as AWS's own tools, for who would have to begin again.
_PATIENT_READ_SECONDS = 60
_PATIENT_ATTEMPTS = 5


def open_session(profile: str | None = None, *, patient: bool = False) -> "Session":
    """A session with the caller's credentials, which are not looked at yet.

    Args:
        profile: Of ``~/.aws/config``. Default: what AWS's own tools would take.
        patient: Wait for slow answers, and ask a busy service again and again: for what should
            not stop half-way. Default: give up soon.

    Raises:
        OperationError: there is no such profile, or AWS's files cannot be read.
    """
    # Imported here: the commands of the laptop do without.
    import boto3
    import botocore.session
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ProfileNotFound

    session = botocore.session.Session(profile=profile)
    try:
        session.get_scoped_config()
    except ProfileNotFound as error:
        there = ", ".join(session.available_profiles)
        raise OperationError(
            f"no AWS profile {session.profile!r}: {f'choose {there}' if there else 'there is none'}"
            ", or make one: aws configure sso --profile NAME"
            + ("" if profile else "; or unset AWS_PROFILE")
        ) from error
    except BotoCoreError as error:
        raise OperationError(f"the AWS configuration is not readable: {error}") from error
    session.set_default_client_config(
        Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_PATIENT_READ_SECONDS if patient else _READ_SECONDS,
            retries={
                "mode": "standard",
                "total_max_attempts": _PATIENT_ATTEMPTS if patient else _ATTEMPTS,
            },
        )
    )
    return boto3.Session(botocore_session=session)
