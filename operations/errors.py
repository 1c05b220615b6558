"""What an operation could not do."""


class OperationError(RuntimeError):
    """An expected failure; the message names the cause and, where there is one, the fix.

    Attributes:
        fix: Commands, or what to do in a few words, one a line, where the message has none.
    """

    fix: tuple[str, ...] = ()
