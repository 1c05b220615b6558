"""Resources that only changed their name: for CloudFormation, one deleted and another created."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial

from operations.changes.assembly import Resource
from operations.changes.intrinsics import canonical, rewired

# (stack, logical id)
Place = tuple[str, str]

# `Tags`, `FileSystemTags`, `AccessPointTags`
_TAGS = "Tags"


def renames(
    gone: Mapping[Place, Resource], come: Mapping[Place, Resource]
) -> Iterator[tuple[Place, Place]]:
    """Pairs of a resource that disappeared and its double that appeared.

    A double has the same type and properties. Tags do not count, because the CDK writes the path
    of a construct into them, and neither do the names of what a property refers to, which are
    often renamed together. A double in the same stack is preferred.
    """
    free: dict[str, list[Place]] = defaultdict(list)
    for place, shape in _shapes(come).items():
        free[shape].append(place)
    shapes = _shapes(gone)
    for same_stack in (True, False):
        for place in list(shapes):
            candidates = free[shapes[place]]
            double = next((c for c in candidates if c[0] == place[0] or not same_stack), None)
            if double:
                candidates.remove(double)
                del shapes[place]
                yield place, double


def _shapes(resources: Mapping[Place, Resource]) -> dict[Place, str]:
    types = {place: resource["Type"] for place, resource in resources.items()}
    shapes = {}
    for (stack, logical_id), resource in resources.items():
        properties = {
            key: value
            for key, value in resource.get("Properties", {}).items()
            if not key.endswith(_TAGS)
        }
        nameless = rewired(properties, partial(_type_of, types, stack))
        shapes[stack, logical_id] = canonical([resource["Type"], nameless])
    return shapes


def _type_of(types: Mapping[Place, str], stack: str, target: str) -> str:
    return types.get((stack, target), target)
