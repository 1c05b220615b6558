"""One difference between two templates: where it is, what was there, what is there now."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from operations.changes.intrinsics import canonical, is_intrinsic, readable

_LONGEST = 120
_CONTEXT = 20
# An asset of the CDK is named by its hash. A digest looks the same but is a release: shown.
_ASSET = re.compile(r"(?<!sha256:)\b[0-9a-f]{64}\b")
# Where a thing is in the CDK's tree or on the disk of who synthesized; changes nothing in AWS.
_BOOKKEEPING = ("aws:cdk:", "aws:asset:", "cdk_nag")


@dataclass(frozen=True, kw_only=True)
class PropertyChange:
    """A value that differs.

    Attributes:
        path: Such as ``KubernetesNetworkConfig.IpFamily``.
        old: Short text of the value before; None when there was none.
        new: Likewise after.
        asset: Nothing but the hash of an asset differs.
    """

    path: str
    old: str | None
    new: str | None
    asset: bool = False

    def __str__(self) -> str:
        """For one line of a report."""
        if self.asset:
            return f"{self.path}: asset"
        if self.old is None:
            return f"{self.path}: added {self.new}"
        if self.new is None:
            return f"{self.path}: removed {self.old}"
        return f"{self.path}: {self.old} -> {self.new}"


def property_changes(old: Any, new: Any, path: str = "") -> Iterator[PropertyChange]:
    """Every difference between two values of a template."""
    if canonical(old) == canonical(new):
        return
    if _is_object(old) and _is_object(new):
        for key in sorted(old.keys() | new.keys()):
            yield from _member(old, new, key, f"{path}.{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _items(old, new, path)
    else:
        yield _change(path, readable(old), readable(new))


def attribute_changes(
    old: dict[str, Any], new: dict[str, Any], without: frozenset[str] = frozenset()
) -> tuple[PropertyChange, ...]:
    """The differences of two resources: their properties, and what stands beside them.

    Args:
        old: The resource before.
        new: After.
        without: Properties that are told elsewhere.
    """
    told, beside, metadata = zip(
        *(_parts(resource, without) for resource in (old, new)), strict=True
    )
    return (
        *property_changes(beside[0], beside[1]),
        *property_changes(told[0], told[1]),
        *property_changes(metadata[0], metadata[1], "Metadata"),
    )


_Part = dict[str, Any]


def _parts(resource: _Part, without: frozenset[str]) -> tuple[_Part, _Part, _Part]:
    properties, metadata = resource.get("Properties", {}), resource.get("Metadata", {})
    return (
        {key: value for key, value in properties.items() if key not in without},
        {key: value for key, value in resource.items() if key not in ("Properties", "Metadata")},
        {key: value for key, value in metadata.items() if not key.startswith(_BOOKKEEPING)},
    )


def _is_object(value: Any) -> bool:
    return isinstance(value, dict) and not is_intrinsic(value)


def _member(old: Any, new: Any, key: str, path: str) -> Iterator[PropertyChange]:
    if key not in old:
        yield PropertyChange(path=path, old=None, new=_short(readable(new[key])))
    elif key not in new:
        yield PropertyChange(path=path, old=_short(readable(old[key])), new=None)
    else:
        yield from property_changes(old[key], new[key], path)


def _items(old: list[Any], new: list[Any], path: str) -> Iterator[PropertyChange]:
    before, after = (Counter(map(canonical, items)) for items in (old, new))
    gone = [item for item in old if canonical(item) in before - after]
    come = [item for item in new if canonical(item) in after - before]
    if not gone and not come:
        yield PropertyChange(path=path, old="an order", new="another order")
    elif len(old) == len(new) and len(gone) == len(come):
        for index, (one, other) in enumerate(zip_longest(old, new)):
            yield from property_changes(one, other, f"{path}[{index}]")
    else:
        for item in gone:
            yield PropertyChange(path=f"{path}[]", old=_short(readable(item)), new=None)
        for item in come:
            yield PropertyChange(path=f"{path}[]", old=None, new=_short(readable(item)))


def _change(path: str, old: str, new: str) -> PropertyChange:
    # The same text of two kinds, such as true and "true": their JSON tells them apart.
    if old == new:
        return PropertyChange(path=path, old=f"{old} of one type", new=f"{new} of another type")
    asset = _ASSET.sub("", old) == _ASSET.sub("", new)
    start = 0
    if max(len(old), len(new)) > _LONGEST:
        same = next(
            (i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b),
            min(len(old), len(new)),
        )
        start = max(0, same - _CONTEXT)
    lead = "…" if start else ""
    return PropertyChange(
        path=path, old=lead + _short(old[start:]), new=lead + _short(new[start:]), asset=asset
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
