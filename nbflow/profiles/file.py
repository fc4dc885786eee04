"""The file of profiles: TOML, of its user alone, in which comments and order stay when it is changed.

It looks like this, where ``default`` is the profile that is meant where none is named::

    default = "team"

    [engines.team]
    kind = "kfp"
    host = "https://kubeflow.example.com"
    auth = "bearer"
    token = "env:KFP_TOKEN"
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import tomlkit
from tomlkit.exceptions import ParseError, TOMLKitError
from tomlkit.items import Table

from nbflow.errors import ProfileError
from nbflow.profiles.profile import LOCAL, Profile
from nbflow.profiles.settings import KINDS, WrongSetting, profile

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
_KNOWN: Final = ("default", "engines")


def place() -> Path:
    """Where the file lies: ``NBFLOW_ENGINES``, else nbflow/engines.toml in the user's configuration."""
    own = os.environ.get("NBFLOW_ENGINES")
    if own:
        return Path(own).expanduser().absolute()
    home = os.environ.get("XDG_CONFIG_HOME")
    base = Path(home) if home and Path(home).is_absolute() else Path.home() / ".config"
    return base / "nbflow" / "engines.toml"


class ProfileFile:
    """The profiles in one file, read when this is made; a file that is not there holds none."""

    def __init__(self, path: Path | None = None) -> None:
        """Read the file.

        Raises:
            ProfileError: it cannot be read, or is no TOML.
        """
        self.path = path or place()
        self._text = self._read()
        try:
            self._document = tomlkit.parse(self._text)
        except ParseError as error:
            raise ProfileError(
                f"{self.path}, line {error.line}: this is not TOML: {_reason(error)}"
            ) from error
        except TOMLKitError as error:  # of which tomlkit does not tell the line: a key said twice
            line = _line_of_error(self._text, type(error))
            raise ProfileError(
                f"{self.path}, line {line}: this is not TOML: {_reason(error)}"
            ) from error
        for key in self._document:
            if key not in _KNOWN:
                told = f"there is no setting {key}; profiles are tables: [engines.NAME]"
                raise self._wrong((key,), told)

    def _read(self) -> str:
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except UnicodeDecodeError:
            raise ProfileError(f"{self.path}: this is not TOML: it is not a text") from None
        except OSError as error:
            raise ProfileError(f"{self.path} cannot be read: {error.strerror or error}") from error

    # Looking

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all profiles, in the order of the file."""
        return tuple(self._tables())

    @property
    def default(self) -> str:
        """The profile that is meant where none is named, or "".

        Raises:
            ProfileError: the file names one that is not there.
        """
        value = self._document.get("default", "")
        if not isinstance(value, str):
            raise self._wrong(("default",), "default has to be the name of a profile")
        if value and value != LOCAL and value not in self._tables():
            raise self._wrong(("default",), f"the default {value} is not among the profiles")
        return str(value)

    def kind(self, name: str) -> str:
        """The kind of a profile, or "" where it says none that is known."""
        table = self._tables().get(name)
        kind = table.get("kind") if isinstance(table, Mapping) else None
        return kind if isinstance(kind, str) and kind in KINDS else ""

    def read(self, name: str) -> Profile:
        """The profile of that name.

        Raises:
            ProfileError: there is none, or its settings do not fit.
        """
        if name not in self._tables():
            raise ProfileError(f"{self._no_such(name)}; `nbflow engine add` makes one")
        table = self._tables()[name]
        if not isinstance(table, Mapping):
            raise self._wrong(("engines", name), f"engines.{name} has to be a table")
        try:
            return profile(name, _plain(table))
        except WrongSetting as wrong:
            keys = ("engines", name, *([wrong.setting] if wrong.setting else []))
            raise self._wrong(keys, f"profile {name}: {wrong.why}") from None

    def _no_such(self, name: str) -> str:
        names = ", ".join(self.names)
        return f"there is no engine {name} in {self.path}" + (f" (only {names})" if names else "")

    def _tables(self) -> Mapping[str, object]:
        found = self._document.get("engines", {})
        if not isinstance(found, Mapping):
            raise self._wrong(("engines",), "engines has to be a table of profiles")
        return found

    def _wrong(self, keys: tuple[str, ...], why: str) -> ProfileError:
        line = _line_of(self._text, keys)
        return ProfileError(f"{self.path}{f', line {line}' if line else ''}: {why}")

    # Changing

    def add(self, name: str, table: Mapping[str, object], *, replace: bool = False) -> Profile:
        """The profile that was added, or takes the place of one of its name; the file is written.

        Raises:
            ProfileError: the name or a setting does not fit, or the file cannot be written.
        """
        if name == LOCAL or not _NAME.fullmatch(name):
            why = (
                "means this machine" if name == LOCAL else "is no name of letters, digits, - and _"
            )
            raise ProfileError(f"an engine cannot be called so: {name!r} {why}")
        if name in KINDS and name != table.get("kind"):
            raise ProfileError(f"an engine called {name} has to be of that kind")
        try:
            made = profile(name, table)
        except WrongSetting as wrong:
            raise ProfileError(wrong.why) from None
        if name in self._tables() and not replace:
            raise ProfileError(
                f"there is an engine {name} in {self.path}; --replace puts this one in its place"
            )
        engines = self._document.setdefault("engines", tomlkit.table(is_super_table=True))
        item = tomlkit.table()
        for key, value in table.items():
            item.add(key, list(value) if isinstance(value, tuple) else value)
        if isinstance(engines, Table) and self._text.strip() and name not in engines:
            _end_with_blank(self._document)
        engines[name] = item
        self._write()
        return made

    def remove(self, name: str) -> None:
        """Remove a profile, and the default where it was that.

        Raises:
            ProfileError: there is none, or the file cannot be written.
        """
        if name not in self._tables():
            raise ProfileError(self._no_such(name))
        del self._document["engines"][name]
        if self._document.get("default") == name:
            del self._document["default"]
        self._write()

    def set_default(self, name: str) -> None:
        """Make a profile, or ``LOCAL``, the one that is meant where none is named.

        Raises:
            ProfileError: there is none, or the file cannot be written.
        """
        if name != LOCAL and name not in self._tables():
            raise ProfileError(self._no_such(name))
        if "default" in self._document or not self._text.strip():
            self._document["default"] = name
        else:  # before the tables: behind them, it would be a setting of the last one
            self._document = tomlkit.parse(
                f'default = "{name}"\n\n{self._document.as_string().lstrip()}'
            )
        self._write()

    def _write(self) -> None:
        """Write the file at once or not at all; a link to it stays one."""
        text, path = self._document.as_string(), Path(os.path.realpath(self.path))
        new = path.with_name(f".{path.name}.{os.getpid()}.tmp")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(file, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            new.replace(path)
        except OSError as error:
            with suppress(OSError):
                new.unlink(missing_ok=True)
            raise ProfileError(
                f"{self.path} cannot be written: {error.strerror or error}"
            ) from error
        self._text = text


def _plain(table: Mapping[str, object]) -> dict[str, object]:
    """A table of TOML as Python's own values."""
    unwrap = getattr(table, "unwrap", None)
    return dict(unwrap() if unwrap else table)


def _reason(error: Exception) -> str:
    """What is wrong, without the place that the message ends with."""
    text = re.sub(r" at line \d+ col \d+$", "", str(error)).rstrip(".")
    return text[:1].lower() + text[1:]


def _line_of_error(text: str, kind: type[Exception]) -> int:
    """The line up to which a file is right."""
    lines = text.splitlines(keepends=True)
    for number in range(1, len(lines)):
        try:
            tomlkit.parse("".join(lines[:number]))
        except kind as error:
            if type(error) is kind:
                return number
        except TOMLKitError:
            continue
    return len(lines)


def _end_with_blank(document: tomlkit.TOMLDocument) -> None:
    """Let the last table end with an empty line, for the one that follows."""
    text = document.as_string()
    if not text.endswith("\n\n"):
        last = next(iter(reversed(document.body)))[1]
        target = last
        while isinstance(target, Table) and target.value.body:
            inner = target.value.body[-1][1]
            if not isinstance(inner, Table):
                target.add(tomlkit.nl())
                return
            target = inner


def _line_of(text: str, keys: tuple[str, ...]) -> int:
    """The line up to which a setting is said, 0 where it is not said; all ways to write TOML count."""
    lines = text.splitlines(keepends=True)
    for number in range(1, len(lines) + 1):
        try:
            value: object = tomlkit.parse("".join(lines[:number]))
        except TOMLKitError:  # in the middle of a value of several lines
            continue
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
            if value is None:
                break
        else:
            return number
    return 0
