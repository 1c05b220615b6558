"""What an operation could not do."""


class OperationError(RuntimeError):
    """An expected failure; the message names the cause and, where there is one, the fix."""
