"""The options that give values to parameters: papermill's, with its meaning, for all commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Final, TypeAlias, TypeVar

import click

from nbflow.model import Json, Raw
from nbflow.wording.options import with_options

_Command = TypeVar("_Command", bound=Callable[..., object])
#: Values by the names of parameters, as they were given.
Given: TypeAlias = dict[str, Json]


def _assigned(ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> Given:
    """The values of ``name=value`` by name; the last one wins."""
    pairs = [text.partition("=") for text in given]
    for name, sign, _ in pairs:
        if not sign or not name.strip():
            raise click.BadParameter(f"{name!r} is not of the form name=value", ctx, parameter)
    return {name.strip(): value for name, _, value in pairs}


def _raw(ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> Given:
    return {name: Raw(value) for name, value in _assigned(ctx, parameter, given).items()}


def _read(reader: str) -> Callable[..., Given]:
    """A callback that reads each value by a function of ``yaml_values``; the last one of a name wins."""

    def read(ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> Given:
        if not given:
            return {}
        # Deferred: most commands are given no YAML.
        from nbflow.service import yaml_values  # noqa: PLC0415

        found: Given = {}
        for text in given:
            found |= getattr(yaml_values, reader)(text)
        return found

    return read


_PLAIN: Final = click.option(
    "-p",
    "--parameter",
    "plain",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_assigned,
    help="Override a parameter of the notebook; may be given several times.",
)
_RAW: Final = click.option(
    "-r",
    "--parameters_raw",
    "raw",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_raw,
    help="The same, and the value is a text whatever it looks like.",
)
_YAML: Final = click.option(
    "-y",
    "--parameters_yaml",
    "yaml",
    metavar="YAML",
    multiple=True,
    callback=_read("from_text"),
    help="Values in YAML: 'depth: 2'.",
)
_BASE64: Final = click.option(
    "-b",
    "--parameters_base64",
    "base64",
    metavar="BASE64",
    multiple=True,
    callback=_read("from_base64"),
    help="The same, written in Base64.",
)
_FILE: Final = click.option(
    "-f",
    "--parameters_file",
    "file",
    metavar="FILE",
    multiple=True,
    callback=_read("from_file"),
    help="A file of values in YAML.",
)


#: The names of the options under which values are given; of those of one parameter, the last one wins.
_ORDER: Final = ("base64", "file", "yaml", "plain", "raw")


def given_in(options: Mapping[str, Any]) -> Given:
    """The values of parameters that these options give together."""
    found: Given = {}
    for name in _ORDER:
        found |= options[name]
    return found


def parameter_options(command: _Command) -> _Command:
    """The command with the options by which ``parameters`` are given to it, as one argument."""

    @wraps(command)
    def given(*args: object, **options: Any) -> object:
        values = {name: options.pop(name) for name in _ORDER}
        return command(*args, parameters=given_in(values), **options)

    return with_options(given, (_PLAIN, _RAW, _YAML, _BASE64, _FILE))  # type: ignore[return-value]  # it calls it


def fixed_options(command: _Command) -> _Command:
    """The command with the options that give a parameter one value: ``raw``, ``yaml``, ``base64``."""
    return with_options(command, (_RAW, _YAML, _BASE64))
