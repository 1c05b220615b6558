"""CloudFormation's intrinsic functions, as text that people read and as references."""

import json
import re
from collections.abc import Callable
from typing import Any

_IN_SUB = re.compile(r"\$\{([^!}][^}]*)\}")


def canonical(value: Any) -> str:
    """The one JSON text of a value, for comparing; True and 1 stay apart."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def is_intrinsic(value: Any) -> bool:
    """Whether CloudFormation computes the value: ``{"Ref": ...}``, ``{"Fn::Join": ...}``."""
    if not isinstance(value, dict) or len(value) != 1:
        return False
    (name,) = value
    return bool(name == "Ref" or name.startswith("Fn::"))


def plain(value: Any) -> Any:
    """The value with every intrinsic in it replaced by its text."""
    if is_intrinsic(value):
        return _told(*next(iter(value.items())))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def readable(value: Any) -> str:
    """A value as one text: ``${Ref Key}``, ``arn:${AWS::Partition}:iam::aws:policy/X``, JSON."""
    told = plain(value)
    return told if isinstance(told, str) else canonical(told)


def references(value: Any) -> set[str]:
    """The logical ids that a value refers to, parameters and pseudo-parameters included."""
    found: set[str] = set()

    def collect(name: str) -> str:
        found.add(name)
        return name

    rewired(value, collect)
    return found


def rewired(value: Any, rename: Callable[[str], str]) -> Any:
    """The value with every logical id that it refers to replaced by ``rename`` of it."""
    if is_intrinsic(value):
        name, argument = next(iter(value.items()))
        if name == "Ref" and isinstance(argument, str):
            return {name: rename(argument)}
        if name == "Fn::GetAtt":
            target, attribute = _attribute(argument)
            return {name: [rename(target), attribute]}
        if name == "Fn::Sub":
            text, values = _substitution(argument)

            def replaced(match: re.Match[str]) -> str:
                target, dot, attribute = match[1].strip().partition(".")
                kept = target if target in values else rename(target)
                return f"${{{kept}{dot}{attribute}}}"

            return {name: [_IN_SUB.sub(replaced, text), rewired(values, rename)]}
    if isinstance(value, dict):
        return {key: rewired(item, rename) for key, item in value.items()}
    if isinstance(value, list):
        return [rewired(item, rename) for item in value]
    return value


def _told(name: str, argument: Any) -> str:
    if name == "Ref":
        return _reference(readable(argument))
    if name == "Fn::GetAtt":
        return f"${{GetAtt {'.'.join(_attribute(argument))}}}"
    if name == "Fn::Sub":
        return _substituted(argument)
    match argument:
        case [str(delimiter), [*parts]] if name == "Fn::Join":
            return delimiter.join(readable(part) for part in parts)
    return f"${{{name.removeprefix('Fn::')} {readable(argument)}}}"


def _reference(target: str) -> str:
    return f"${{{target}}}" if target.startswith("AWS::") else f"${{Ref {target}}}"


def _attribute(argument: Any) -> tuple[str, str]:
    if isinstance(argument, list) and len(argument) == 2:
        return readable(argument[0]), readable(argument[1])
    target, _, attribute = readable(argument).partition(".")
    return target, attribute


def _substitution(argument: Any) -> tuple[str, dict[str, Any]]:
    match argument:
        case [str(text), dict(values)]:
            return text, values
    return readable(argument), {}


def _substituted(argument: Any) -> str:
    text, values = _substitution(argument)

    def replaced(match: re.Match[str]) -> str:
        target = match[1].strip()
        if target in values:
            return readable(values[target])
        return f"${{GetAtt {target}}}" if "." in target else _reference(target)

    return _IN_SUB.sub(replaced, text).replace("${!", "${")
