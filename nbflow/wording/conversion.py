"""What a conversion tells: what was found before, and what was made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import click

from nbflow.diagnostics import Finding, Severity
from nbflow.service.check import notebook_at
from nbflow.service.convert import Converted
from nbflow.service.targets import TARGETS
from nbflow.wording.findings import as_text, summary
from nbflow.wording.words import counted, size

target_option: Final = click.option(
    "--to",
    "target",
    type=click.Choice(list(TARGETS)),
    required=True,
    help="What to write: kfp is a module for Kubeflow Pipelines, and its compiled manifest; argo is a "
    "manifest for Argo Workflows; python is a plain module, a function a step.",
)
output_option: Final = click.option(
    "-o", "--output", metavar="DIR", help="Write the files there.  [default: NAME-TARGET, here]"
)


def tell(path: str, findings: Sequence[Finding], shown_as: str = "") -> None:
    """Print errors and warnings with their lines, and what is good to know of the target."""
    name = shown_as or path
    shown = [f for f in findings if f.severity is not Severity.INFO or f.code.startswith("NB4")]
    if shown:
        click.echo(as_text(name, notebook_at(path), shown), nl=False, err=True)
    if len(shown) < len(findings):
        notes = summary([finding for finding in findings if finding not in shown])
        click.echo(f"{name}: {notes}; nbflow check shows them", err=True)


def conversion_lines(made: Converted) -> list[str]:
    """Where the files are, and what goes with them."""
    manifest = f", manifest of {size(made.bytes)}" if made.bytes else ""
    lines = [f"{made.folder}: {counted(made.steps, 'step')}{manifest}"]
    if made.carried:
        total = size(sum(made.carried.values()))
        lines.append(f"  goes along: {', '.join(made.carried)} ({total})")
    lines.append(f"  installs: {', '.join(made.requirements) or 'nothing'}")
    lines.append(f"  read {made.folder / 'README.md'} first")
    if made.missing:
        lines.append(f"note: {made.missing}")
    return lines
