"""``nbflow gc``: remove old runs, and what no other run needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Final

import click

from nbflow.cli.options import folder_option
from nbflow.service.gc import Cleared, Policy, gc
from nbflow.wording.words import counted, moment, size

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_BYTES: Final = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY: Final = {"k": 2**10, "m": 2**20, "g": 2**30, "t": 2**40}


def _age(ctx: click.Context, parameter: click.Parameter, given: str | None) -> float | None:
    """The seconds of ``30d``."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhdw])", (given or "").strip())
    if given is not None and found is None:
        raise click.BadParameter(f"{given!r} is no age such as 30d, 12h or 90m", ctx, parameter)
    return float(found[1]) * _SECONDS[found[2]] if found else None


def _amount(ctx: click.Context, parameter: click.Parameter, given: str | None) -> int | None:
    """The bytes of ``5GB``, ``500MB`` or ``2GiB``."""
    text = (given or "").strip().lower()
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?", text)
    if given is not None and (found is None or (found[3] and not found[2])):
        raise click.BadParameter(f"{given!r} is no size such as 5GB, 500MB or 2GiB", ctx, parameter)
    return int(float(found[1]) * (_BINARY if found[3] else _BYTES)[found[2]]) if found else None


@click.command("gc")
@click.option(
    "--older-than",
    metavar="AGE",
    callback=_age,
    help="Remove runs that ended longer ago than this: 30d, 12h, 90m.",
)
@click.option(
    "--max-size",
    metavar="SIZE",
    callback=_amount,
    help="Remove the oldest runs until the store takes no more than this: 5GB, 500MB.",
)
@click.option(
    "--keep",
    metavar="N",
    type=click.IntRange(min=0),
    help="Keep the newest N runs of each notebook whatever the other options say; alone, remove the rest.",
)
@click.option("--dry-run", is_flag=True, help="Tell what would be removed, and remove nothing.")
@folder_option
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object.")
def command(
    older_than: float | None,
    max_size: int | None,
    keep: int | None,
    dry_run: bool,
    folder: str,
    as_json: bool,
) -> None:
    """Remove old runs with their files, and values that no run that stays needs.

    Without an option, no run is removed, only what none needs. Safe while runs go on.
    """
    cleared = gc(Policy(older_than, max_size, keep), folder, dry_run=dry_run)
    if as_json:
        click.echo(json.dumps(asdict(cleared), indent=2))
    else:
        click.echo("".join(f"{line}\n" for line in _lines(cleared, max_size, dry_run)), nl=False)


def _lines(cleared: Cleared, max_size: int | None, dry_run: bool) -> Iterator[str]:
    done = "would remove" if dry_run else "removed"
    for run in cleared.runs:
        yield f"{done} run {run.id}: {Path(run.notebook).name}, {moment(run.started)}"
    free, left = ("would become free", "would be left") if dry_run else ("freed", "left")
    runs = counted(cleared.left_runs, "run")
    yield f"{size(cleared.freed)} {free}; {left}: {runs} with {size(cleared.left)}"
    if max_size is not None and cleared.left > max_size:
        yield f"that is more than {size(max_size)}: the runs that stay need it (see --keep)"
