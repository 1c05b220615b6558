"""How a good deployment is made bad in one place."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from tests.rules.deployment import Deployment
from tests.rules.synthesis import EVERY_OPTION

Rule = Callable[[Deployment], Iterator[str]]
Change = Callable[[Deployment], Deployment]
GONE = object()


@dataclass(frozen=True)
class Break:
    """A mistake, and what the rule must say about it.

    Attributes:
        rule: That finds it.
        change: Makes it.
        says: Part of the finding.
        of: The deployment it is made in.
    """

    rule: Rule
    change: Change
    says: str
    of: str = EVERY_OPTION


def put(stack: str, kind: str, path: str, value: Any, *, where: str = "") -> Change:
    """Set one value of a resource, or take it away.

    Args:
        stack: Noun of the stack.
        kind: Type of the resource; the first whose text has ``where``.
        path: Keys with ``/`` between them; ``+`` is the end of a list.
        value: The new value or ``GONE``.
        where: See ``kind``.
    """

    def change(body: dict[str, Any]) -> dict[str, Any]:
        *parents, last = path.split("/")
        inner: Any = body
        for key in parents:
            inner = inner[int(key)] if isinstance(inner, list) else inner.setdefault(key, {})
        if isinstance(inner, list) and last == "+":
            inner.append(value)
        elif value is GONE:
            del inner[int(last) if isinstance(inner, list) else last]
        else:
            inner[int(last) if isinstance(inner, list) else last] = value
        return body

    return _resource(stack, kind, where, change)


def swap(stack: str, kind: str, old: str, new: str, *, where: str = "") -> Change:
    """Replace words in the text of a resource; they must be there."""

    def change(body: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(body)
        assert old in text, f"no {old} in {text}"
        changed: dict[str, Any] = json.loads(text.replace(old, new))
        return changed

    return _resource(stack, kind, where or old, change)


def add(stack: str, kind: str, **properties: Any) -> Change:
    """One more resource."""

    def change(deployment: Deployment) -> Deployment:
        template = copy.deepcopy(deployment.templates[stack])
        template["Resources"]["Added"] = {"Type": kind, "Properties": properties}
        return _with(deployment, stack, template)

    return change


def drop(stack: str, kind: str, *, where: str = "") -> Change:
    """One resource less."""
    return _resource(stack, kind, where, lambda body: None)


def both(first: Change, second: Change) -> Change:
    """One change after the other."""
    return lambda deployment: second(first(deployment))


def output(stack: str, name: str, value: Any) -> Change:
    """One more output."""

    def change(deployment: Deployment) -> Deployment:
        template = copy.deepcopy(deployment.templates[stack])
        template["Outputs"][name] = {"Value": value, "Export": {"Name": f"{stack}:{name}"}}
        return _with(deployment, stack, template)

    return change


def _resource(
    stack: str,
    kind: str,
    where: str,
    change: Callable[[dict[str, Any]], dict[str, Any] | None],
) -> Change:
    def changed(deployment: Deployment) -> Deployment:
        template = copy.deepcopy(deployment.templates[stack])
        resources = template["Resources"]
        name = next(
            name
            for name, body in resources.items()
            if body["Type"] == kind and (where in json.dumps(body) or where == name)
        )
        body = change(resources[name])
        if body is None:
            del resources[name]
        else:
            resources[name] = body
        return _with(deployment, stack, template)

    return changed


def _with(deployment: Deployment, stack: str, template: dict[str, Any]) -> Deployment:
    return replace(deployment, templates={**deployment.templates, stack: template})
