"""Where the small functions that CDK brings along write their logs."""

from collections.abc import Callable

import aws_cdk as cdk
import jsii
from aws_cdk import aws_logs as logs
from constructs import IConstruct


@jsii.implements(cdk.IAspect)
class FunctionLogs:
    """Makes every function of a stack write to one log group of that stack.

    Left to themselves they write to groups that nobody owns: without an end, without a key, and
    still there when the stack is gone.

    Args:
        log_group: Makes the group; asked at the first function.
    """

    def __init__(self, log_group: Callable[[], logs.ILogGroup]) -> None:
        self._log_group = log_group

    def visit(self, node: IConstruct) -> None:
        """Called by CDK for every construct."""
        if cdk.CfnResource.is_cfn_resource(node):
            assert isinstance(node, cdk.CfnResource)
            if node.cfn_resource_type == "AWS::Lambda::Function":
                node.add_property_override(
                    "LoggingConfig", {"LogGroup": self._log_group().log_group_name}
                )
