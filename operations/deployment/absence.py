"""Something that is not there at all, so that nothing inside it needs to be asked for."""

from operations.doctor.finding import Finding
from operations.errors import OperationError


class AbsentError(OperationError):
    """What was looked at is not there.

    Attributes:
        finding: What that means, and what to do.
    """

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.found)
        self.finding = finding
