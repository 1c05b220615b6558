"""What a change of one stack means for access, and the documents to say it with."""

from typing import Any

from operations.changes.access import AccessChange, access_changes


def compared(old: dict[str, Any], new: dict[str, Any]) -> tuple[AccessChange, ...]:
    """Every change of access."""
    return access_changes({"main": {"Resources": old}}, {"main": {"Resources": new}})


def wider(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Sentences about what more is possible."""
    return [change.what for change in compared(old, new) if change.wider]


def narrower(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Sentences about what is no longer possible."""
    return [change.what for change in compared(old, new) if not change.wider]


def statement(**changed: Any) -> dict[str, Any]:
    """A statement that allows to read objects, changed as given."""
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::m/*"} | changed


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    """A policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}
