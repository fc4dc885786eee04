"""``nbflow convert``: a notebook as the files of a target."""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from nbflow.cli.options import json_option
from nbflow.diagnostics import Finding
from nbflow.service.convert import Converted, convert
from nbflow.wording.conversion import conversion_lines, output_option, target_option, tell
from nbflow.wording.findings import as_records
from nbflow.wording.options import image_option, packages_option


@click.command(
    "convert", short_help="Write a notebook as a pipeline for a cluster, or as a module."
)
@click.argument("notebook", type=click.Path())
@target_option
@output_option
@image_option
@packages_option
@json_option
def command(
    notebook: str,
    target: str,
    output: str | None,
    image: str | None,
    python: str | None,
    as_json: bool,
) -> int:
    """Write NOTEBOOK as the files of a pipeline for a cluster, or as a module; nothing of it is run.

    A folder that nbflow has made before is made again; any other folder that holds files is left
    alone.
    """
    told: list[Finding] = []

    def hear(findings: Sequence[Finding]) -> None:
        told.extend(findings)
        if not as_json:
            tell(notebook, findings)

    made = convert(notebook, target, output=output, image=image, python=python, on_findings=hear)
    late = [finding for finding in made.findings if finding not in told]
    if as_json:
        click.echo(json.dumps(_record(made, [*told, *late])))
        return 0
    tell(notebook, late)
    click.echo("\n".join(conversion_lines(made)))
    return 0


def _record(made: Converted, findings: Sequence[Finding]) -> dict[str, object]:
    return {
        "folder": str(made.folder),
        "files": list(made.files),
        "bytes": made.bytes,
        "missing": made.missing,
        "carried": dict(made.carried),
        "requirements": list(made.requirements),
        "findings": as_records(findings),
    }
