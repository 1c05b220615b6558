"""Where the local platform keeps what it makes."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import LocalSettings

PROJECT = Path(__file__).resolve().parent.parent
MODEL_REPOSITORY = PROJECT / "model_repository"


# Its presence tells that the directory is ours.
_LOCK = "tritonctl.lock"


class NotOursError(RuntimeError):
    """The state directory is not ours to write to."""


@dataclass(frozen=True)
class State:
    """Paths below the state directory, which git ignores."""

    directory: Path

    @classmethod
    def of(cls, settings: LocalSettings) -> "State":
        """The state directory of an environment; relative paths start at the project."""
        return cls(PROJECT / settings.state_directory)

    @property
    def models(self) -> Path:
        """The generated view of the model repository that Triton loads."""
        return self.directory / "models"

    @property
    def backends(self) -> Path:
        """Triton's backend directory."""
        return self.directory / "backends"

    @property
    def tools(self) -> Path:
        """Programs that are not Python packages."""
        return self.directory / "tools"

    def log(self, service: str) -> Path:
        """What a process printed."""
        return self.directory / "logs" / f"{service}.log"

    def record(self, service: str) -> Path:
        """The record of a running process."""
        return self.directory / "run" / f"{service}.json"

    def data(self, service: str) -> Path:
        """Configuration and data of a process."""
        return self.directory / service

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Own the directory, alone: only one command changes the platform at a time.

        Raises:
            NotOursError: it holds files that we have not put there.
            BlockingIOError: another command is at it.
        """
        self.claim()
        with (self.directory / _LOCK).open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield

    def claim(self) -> None:
        """Make the directory; what is below it is ours, to be written and deleted.

        Raises:
            NotOursError: it holds files that we have not put there, or cannot be made.
        """
        lock = self.directory / _LOCK
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            if not lock.exists() and any(self.directory.iterdir()):
                raise NotOursError(
                    f"state_directory {self.directory} holds other files: name a directory that "
                    "is new or empty, since its content is written and deleted"
                )
            lock.touch()
        except OSError as error:
            raise NotOursError(
                f"state_directory {self.directory} cannot be used: {error}"
            ) from error
