"""``%nbflow convert``: the notebook as the files of a target."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from nbflow.diagnostics import Finding
from nbflow.magics.place import notebook_of
from nbflow.magics.subcommand import Subcommand
from nbflow.magics.unsaved import warn_unsaved
from nbflow.magics.which import named
from nbflow.service.convert import convert
from nbflow.wording.conversion import conversion_lines, output_option, target_option, tell
from nbflow.wording.options import image_option, packages_option


@click.command()
@target_option
@output_option
@image_option
@packages_option
def _parser() -> None:
    """Write the notebook as the files of a pipeline for a cluster, or as a module; nothing of it is run.

    A folder that nbflow has made before is made again; any other folder that holds files is left
    alone.
    """


def work(shell: Any, options: Mapping[str, Any]) -> None:
    """Write the files, and tell where they are."""
    path = notebook_of(shell)
    warn_unsaved(shell, path)
    name, told = named(path), list[Finding]()

    def hear(findings: tuple[Finding, ...]) -> None:
        told.extend(findings)
        tell(str(path), findings, shown_as=name)

    made = convert(
        str(path),
        options["target"],
        output=options["output"],
        image=options["image"],
        python=options["python"],
        on_findings=hear,
    )
    tell(str(path), [each for each in made.findings if each not in told], shown_as=name)
    click.echo("\n".join(conversion_lines(made)))


SUBCOMMAND: Final = Subcommand(_parser, work)
