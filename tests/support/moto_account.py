"""An account that keeps what a test puts there: moto's, in this process, without credentials."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import boto3
from moto import mock_aws

from operations.aws.account import Account
from operations.aws.session import open_session
from tests.support.aws_answers import MODELS, REGION


@contextmanager
def without_aws() -> Iterator[None]:
    """An environment in which AWS's tools find neither credentials nor settings."""
    nothing = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    with patch.dict(os.environ, kept | nothing, clear=True):
        yield


@contextmanager
def moto_session() -> Iterator[boto3.Session]:
    """A fresh account, for every session that is opened meanwhile."""
    with without_aws(), mock_aws(), patch("botocore.session.create_loader", lambda *_: MODELS):
        session = open_session()
        # What a test puts there by `boto3.client` goes the same way.
        with patch("boto3.DEFAULT_SESSION", session):
            yield session


@contextmanager
def moto_account(region: str = REGION) -> Iterator[Account]:
    """A fresh account, to be asked."""
    with moto_session() as session:
        yield Account(session, region=region)
