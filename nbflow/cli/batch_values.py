"""The options that say which values a batch runs: alternatives, files, single values, and draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Final, TypeVar

import click

from nbflow.service.batch.alternatives import alternatives
from nbflow.service.batch.files import from_table, from_yaml
from nbflow.service.batch.planning import Grid, Rows, merged
from nbflow.wording.options import with_options
from nbflow.wording.parameters import Given, fixed_options

_Command = TypeVar("_Command", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Values:
    """The rows and the grid, and how many sets of values are drawn, with which seed."""

    rows: Rows
    grid: Grid
    draws: int
    seed: int | None


def _pairs(
    ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, list[object]]:
    """The alternatives of ``name=value,value`` by name; those of a name given twice are added up."""
    found: dict[str, list[object]] = {}
    for name, sign, values in (text.partition("=") for text in given):
        if not sign or not name.strip():
            raise click.BadParameter(f"{name!r} is not of the form name=value,...", ctx, parameter)
        found.setdefault(name.strip(), []).extend(alternatives(values))
    return found


def _draws(
    ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]
) -> dict[str, str]:
    """How values are drawn, by name, of ``name=how(...)``."""
    found = {name.strip(): how for name, _, how in (text.partition("=") for text in given)}
    for name, how in found.items():
        if not name or not how:
            raise click.BadParameter(f"{name!r} is not of the form name=how(...)", ctx, parameter)
    return found


_PAIRS: Final = click.option(
    "-p",
    "--parameter",
    "pairs",
    metavar="NAME=VALUE,...",
    multiple=True,
    callback=_pairs,
    help="The alternatives of a parameter; may be given several times.",
)
_FILES: Final = click.option(
    "-f",
    "--file",
    "--parameters_file",
    "files",
    metavar="FILE",
    multiple=True,
    help="A grid (name: [value, ...]) or rows (- name: value) in YAML.",
)
_TABLES: Final = click.option(
    "--params-file", "tables", metavar="FILE", multiple=True, help="Rows in CSV or Parquet."
)
_DRAW: Final = click.option(
    "--draw",
    "how",
    metavar="NAME=HOW",
    multiple=True,
    callback=_draws,
    help="Draw a parameter at random: uniform(0,1), loguniform(1e-4,0.1), normal(0,1), int(2,12),"
    " choice(a,b,c).",
)
_DRAWS: Final = click.option(
    "--draws",
    "count",
    metavar="N",
    type=click.IntRange(min=1),
    help="How many sets of values are drawn.",
)
_SEED: Final = click.option(
    "--seed",
    metavar="N",
    type=click.IntRange(min=0),
    help="Draw the first sets of this seed's sequence.  [default: one that is told]",
)


def values_options(command: _Command) -> _Command:
    """The command with the options by which ``values`` are given to it, as one argument."""

    @wraps(command)
    def given(
        *args: object,
        pairs: dict[str, list[object]],
        raw: Given,
        yaml: Given,
        base64: Given,
        files: tuple[str, ...],
        tables: tuple[str, ...],
        how: dict[str, str],
        count: int | None,
        seed: int | None,
        **rest: object,
    ) -> object:
        if twice := sorted(pairs.keys() & how.keys()):
            raise click.UsageError(f"{twice[0]} has alternatives (-p) and is drawn (--draw)")
        rows, grids = _read(files, tables)
        grid = merged(  # what comes later counts, as in papermill
            Grid(_alone(base64)),
            *grids,
            Grid(_alone(yaml)),
            Grid(pairs, draws=how),
            Grid(_alone(raw)),
        )
        if not rows and count is None and not grid.varies:
            raise click.UsageError("nothing varies: give -p, -f, --params-file or --draw")
        values = Values(rows or Rows(), grid, count or 0, seed)
        return command(*args, values=values, **rest)

    options = (_PAIRS, fixed_options, _FILES, _TABLES, _DRAW, _DRAWS, _SEED)
    return with_options(given, options)  # type: ignore[return-value]  # it calls the command


def _read(files: tuple[str, ...], tables: tuple[str, ...]) -> tuple[Rows | None, list[Grid]]:
    """The rows and the grids in files."""
    read = [*map(from_yaml, files), *map(from_table, tables)]
    rows = [each for each in read if isinstance(each, Rows)]
    if len(rows) > 1:
        raise click.UsageError("rows may be in one file only: --params-file, or -f with a list")
    return next(iter(rows), None), [each for each in read if isinstance(each, Grid)]


def _alone(given: Given) -> dict[str, list[object]]:
    """Each value as the only alternative of its parameter."""
    return {name: [value] for name, value in given.items()}
