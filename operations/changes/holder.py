"""How a resource is named when another one points at it."""

from typing import Any

from operations.changes.intrinsics import readable


def named(value: Any) -> str:
    """The logical id where the value only points at a resource of the stack, else its text."""
    match value:
        case {"Ref": str(target)} if not target.startswith("AWS::"):
            return target
        case {"Fn::GetAtt": [str(target), "Arn" | "GroupId"]}:
            return target
    return readable(value)
