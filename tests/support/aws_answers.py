"""An account whose answers a test writes down; botocore checks them by the model of AWS.

For what moto does not know, and for what it cannot be brought to say: errors.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import boto3
import botocore.session
from botocore.awsrequest import AWSResponse
from botocore.loaders import create_loader
from botocore.validate import ParamValidator

from operations.aws.account import Account

# The models of AWS, parsed once for all tests.
MODELS = create_loader()

REGION = "eu-central-1"
ACCOUNT = "111122223333"
ARN = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deployer/somebody"


@dataclass(frozen=True)
class Refused:
    """AWS answers with an error."""

    code: str
    message: str = "no"


@dataclass(frozen=True)
class Lost:
    """No answer comes back at all."""

    error: Exception


Answer = Mapping[str, Any] | Refused | Lost
# By service and operation, spelt like ``ec2:DescribeRegions``; a function is given the arguments.
Answers = Mapping[str, Answer | Callable[[Mapping[str, Any]], Answer]]

IDENTITY: Answers = {
    "sts:GetCallerIdentity": {"Account": ACCOUNT, "Arn": ARN, "UserId": "AROAEXAMPLE:somebody"}
}


class AnsweringAccount(Account):
    """Answers from a table; what is not in it must not be asked.

    Attributes:
        answers: The table.
        asked: The questions so far, in order, spelt as in the table.
    """

    def __init__(
        self, answers: Answers, *, region: str = REGION, profile: str | None = None
    ) -> None:
        session = botocore.session.Session()
        session.register_component("data_loader", MODELS)
        session.set_credentials("testing", "testing")
        session.register("provide-client-params", self._remember)
        session.register("before-call", self._answer)
        super().__init__(
            boto3.Session(botocore_session=session),
            region=region,
            profile=profile,
            policy="docs/doctor.md",
        )
        self.asked: list[str] = []
        self.answers = answers
        self._arguments: Mapping[str, Any] = {}

    def _remember(self, params: Mapping[str, Any], **_: Any) -> None:
        self._arguments = params

    def _answer(self, model: Any, **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
        question = f"{model.service_model.service_name}:{model.name}"
        self.asked.append(question)
        answers = {**IDENTITY, **self.answers}
        assert question in answers, f"{question} was not expected"
        answer = answers[question]
        if callable(answer):
            answer = answer(self._arguments)
        if isinstance(answer, Lost):
            raise answer.error
        if isinstance(answer, Refused):
            error = {"Error": {"Code": answer.code, "Message": answer.message}}
            return AWSResponse(None, 400, {}, None), error
        report = ParamValidator().validate(answer, model.output_shape)
        assert not report.has_errors(), f"{question}: AWS never says: {report.generate_report()}"
        return AWSResponse(None, 200, {}, None), dict(answer)
