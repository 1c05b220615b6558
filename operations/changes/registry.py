"""Which properties of a resource type cannot be changed in place, by CloudFormation's registry.

The schemas are those that cfn-lint ships, so asking needs neither an account nor a network.
"""

from dataclasses import dataclass
from functools import cache

# Types are the same everywhere; what a region lacks does not matter for a comparison.
_REGION = "us-east-1"
_PREFIX = "/properties/"


@dataclass(frozen=True, kw_only=True)
class CreateOnly:
    """What is decided once, when a resource of a type is created.

    Attributes:
        always: Paths whose change replaces the resource, as tuples of steps.
        sometimes: Paths whose change may replace it, depending on the values.
        known: False when the registry does not have the type.
    """

    always: tuple[tuple[str, ...], ...] = ()
    sometimes: tuple[tuple[str, ...], ...] = ()
    known: bool = True


@cache
def create_only(resource_type: str) -> CreateOnly:
    """The create-only properties of a type; those of a custom resource are its ServiceToken."""
    # Imported here: it takes half a second, and most comparisons replace nothing.
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

    try:
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(_REGION, resource_type).schema
    except ResourceNotFoundError:
        return CreateOnly(known=False)
    return CreateOnly(
        always=_paths(schema.get("createOnlyProperties")),
        sometimes=_paths(schema.get("conditionalCreateOnlyProperties")),
    )


def _paths(pointers: list[str] | None) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(pointer.removeprefix(_PREFIX).split("/"))
        for pointer in pointers or ()
        if pointer.startswith(_PREFIX)
    )
