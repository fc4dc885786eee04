"""A secret, known by where it stands: never by its text, which is read when it is needed."""

from __future__ import annotations

import importlib
import os
from dataclasses import dataclass
from pathlib import Path

from nbflow.errors import ProfileError

_FORMS = "env:VARIABLE, file:PATH or keyring:SERVICE:USER"


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret stands: ``kind`` is "env", "file" or "keyring", ``place`` the name there."""

    kind: str
    place: str

    @classmethod
    def parse(cls, text: str, what: str) -> Secret:
        """The secret that ``text`` leads to; ``what`` is the setting that it is of.

        Raises:
            ProfileError: the text is something else, the secret itself perhaps: it is not repeated.
        """
        kind, _, place = text.partition(":")
        if kind not in ("env", "file", "keyring") or not place:
            raise ProfileError(f"{what} says where the secret stands, not what it is: {_FORMS}")
        if kind == "keyring" and not all(place.partition(":")[::2]):
            raise ProfileError(f"{what} needs a service and a user: keyring:SERVICE:USER")
        return cls(kind, place)

    def __str__(self) -> str:
        return f"{self.kind}:{self.place}"

    def read(self) -> str:
        """The secret itself.

        Raises:
            ProfileError: it is not there.
        """
        found = {"env": self._from_environment, "file": self._from_file}.get(
            self.kind, self._from_keyring
        )()
        if not found:
            raise ProfileError(f"the secret {self} is empty")
        return found

    def _from_environment(self) -> str:
        found = os.environ.get(self.place)
        if found is None:
            raise ProfileError(f"the environment variable {self.place} is not set")
        return found

    def _from_file(self) -> str:
        try:
            return Path(self.place).expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not a text"
            raise ProfileError(f"the secret in {self.place} cannot be read: {reason}") from error

    def _from_keyring(self) -> str:
        try:
            keyring = importlib.import_module("keyring")
        except ImportError as error:
            raise ProfileError(
                f"the secret {self} needs the keyring: `pip install keyring`"
            ) from error
        service, _, user = self.place.partition(":")
        try:
            found = keyring.get_password(service, user)
        except Exception as error:
            raise ProfileError(f"the keyring does not give {self}: {error}") from error
        if found is None:
            raise ProfileError(f"the keyring holds no {self}")
        return str(found)
