"""One thing that an IAM document allows or denies, and whether another covers it.

A wildcard covers what it matches, as text: an intrinsic is compared as it is written. In doubt
nothing is covered, so that a report may say too much, but never too little.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from operations.changes.intrinsics import is_intrinsic, readable

ALLOW, DENY = "Allow", "Deny"
EVERYTHING = "*"
_NOT = "everything but "
_SEPARATOR = " | "

# (operator, key, values)
_Condition = tuple[tuple[str, str, tuple[str, ...]], ...]


@dataclass(frozen=True, kw_only=True, order=True)
class Grant:
    """Who may, or may not, do what with what.

    Attributes:
        holder: What the document belongs to, such as ``role Triton`` or ``policy of Store``.
        effect: Allow or Deny.
        principal: Who; empty in a document of an identity, whose holder it is.
        action: One action, with wildcards.
        resource: One resource, with wildcards; empty where there is only one.
        condition: All of these must hold.
    """

    holder: str
    effect: str
    principal: str
    action: str
    resource: str
    condition: _Condition = ()

    def covers(self, other: "Grant") -> bool:
        """Whether all that the other grants is granted by this one."""
        return (
            self.holder == other.holder
            and self.effect == other.effect
            and self.principal in (other.principal, EVERYTHING)
            and _covers(self.action.lower(), other.action.lower())
            and _covers(self.resource, other.resource)
            and all(any(_holds(one, given) for given in other.condition) for one in self.condition)
        )


def grants(holder: str, document: Any, *, identity: bool = False) -> Iterator[Grant]:
    """What a policy document says.

    Args:
        holder: What it belongs to.
        document: The document; an intrinsic instead of one is kept as it is written.
        identity: It is of a role, user or group: it names no principal.
    """
    if not isinstance(document, dict) or is_intrinsic(document):
        yield _opaque(holder, document)
        return
    for statement in _statements(document.get("Statement", [])):
        if is_intrinsic(statement) or not isinstance(statement, dict):
            yield _opaque(holder, statement)
            continue
        condition = tuple(_conditions(statement.get("Condition", {})))
        for principal, action, resource in product(
            [""] if identity else list(_principals(statement)),
            _one_or_many(statement, "Action"),
            _one_or_many(statement, "Resource"),
        ):
            yield Grant(
                holder=holder,
                effect=readable(statement.get("Effect", ALLOW)),
                principal=principal,
                action=action,
                resource=resource,
                condition=condition,
            )


def condition_text(condition: _Condition) -> str:
    """A condition for people."""
    return " and ".join(
        f"{key} {operator} {' or '.join(values)}" for operator, key, values in condition
    )


def _statements(value: Any) -> Iterator[Any]:
    match value:
        case [*items]:
            for item in items:
                yield from _statements(item)
        case {"Fn::If": [_, *branches]}:
            yield from _statements(branches)
        case {"Ref": "AWS::NoValue"}:
            return
        case _:
            yield value


def _opaque(holder: str, value: Any) -> Grant:
    return Grant(
        holder=holder,
        effect=ALLOW,
        principal="",
        action=f"whatever {readable(value)} says",
        resource="",
    )


def _principals(statement: dict[str, Any]) -> Iterator[str]:
    negated = "NotPrincipal" in statement
    given = statement.get("NotPrincipal" if negated else "Principal", EVERYTHING)
    if isinstance(given, dict) and not is_intrinsic(given):
        told = [
            # Two ways to write the same: anybody.
            EVERYTHING if (kind, who) == ("AWS", EVERYTHING) else f"{kind} {who}"
            for kind, value in given.items()
            for who in _texts(value)
        ]
    else:
        told = _texts(given)
    yield from [_NOT + _SEPARATOR.join(sorted(told))] if negated else told


def _one_or_many(statement: dict[str, Any], key: str) -> list[str]:
    if f"Not{key}" in statement:
        return [_NOT + _SEPARATOR.join(sorted(_texts(statement[f"Not{key}"])))]
    # A trust policy has no resource, and neither has the policy of a file system.
    return _texts(statement.get(key, ""))


def _conditions(value: Any) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    if not isinstance(value, dict) or is_intrinsic(value):
        yield "is", readable(value), ()
        return
    for operator, keys in sorted(value.items()):
        if isinstance(keys, dict) and not is_intrinsic(keys):
            for key, values in sorted(keys.items()):
                yield operator, key, tuple(sorted(_texts(values)))
        else:
            yield operator, readable(keys), ()


def _texts(value: Any) -> list[str]:
    return [readable(item) for item in (value if isinstance(value, list) else [value])]


def _covers(pattern: str, other: str) -> bool:
    if pattern.startswith(_NOT) and other.startswith(_NOT):
        # The fewer exceptions, the more is covered.
        excepted, also = (
            set(text.removeprefix(_NOT).split(_SEPARATOR)) for text in (pattern, other)
        )
        return excepted <= also
    if other.startswith(_NOT) or pattern.startswith(_NOT):
        return pattern in (EVERYTHING, other)
    return bool(_matcher(pattern).fullmatch(other))


@cache
def _matcher(pattern: str) -> re.Pattern[str]:
    # Not fnmatch: its `?` would cover a `*`, and brackets are only brackets in IAM.
    text = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "[^*]")
    return re.compile(text, re.DOTALL)


def _holds(
    wanted: tuple[str, str, tuple[str, ...]], given: tuple[str, str, tuple[str, ...]]
) -> bool:
    """Whether the given condition implies the wanted one."""
    operator, key, values = given
    if (operator, key) != wanted[:2]:
        return False
    if "Not" in operator:
        return set(values) >= set(wanted[2])
    return set(values) <= set(wanted[2])
