"""Whether AWS would let somebody become a role: enough of IAM's evaluation for trust policies."""

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase

from tests.rules.statements import Statement

# How IAM compares the value of a request with one of the policy.
_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda given, wanted: given == wanted,
    "StringEqualsIgnoreCase": lambda given, wanted: given.lower() == wanted.lower(),
    "StringLike": lambda given, wanted: fnmatchcase(given, wanted.replace("[", "[[]")),
}


def may_take(trust: Iterable[Statement], action: str, context: Mapping[str, str]) -> bool:
    """Whether a trust policy lets in who comes with these keys.

    Args:
        trust: The statements of one role.
        action: How they come.
        context: The claims of their token, by the keys of IAM.
    """
    fitting = [
        statement
        for statement in trust
        if statement.covers(action) and _holds(statement.conditions, context)
    ]
    return bool(fitting) and all(statement.allows for statement in fitting)


def _holds(
    conditions: Mapping[str, Mapping[str, tuple[str, ...]]], context: Mapping[str, str]
) -> bool:
    """All keys of all operators; of a key's values one is enough; a key that is missing fails."""
    for operator, keys in conditions.items():
        # An operator that is not known here must not be taken for one that holds.
        compare = _OPERATORS[operator]
        for key, wanted in keys.items():
            if key not in context or not any(compare(context[key], one) for one in wanted):
                return False
    return True
