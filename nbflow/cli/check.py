"""``nbflow check``: findings of a notebook, without running anything of it."""

from __future__ import annotations

import click

from nbflow.diagnostics import Severity
from nbflow.service.check import check
from nbflow.wording.check import checked_text
from nbflow.wording.findings import as_github, as_json


@click.command("check", short_help="Tell what stands in the way of running a notebook.")
@click.argument("notebook", type=click.Path())
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default="text",
    show_default=True,
    help="How findings are written; github makes annotations of them in GitHub Actions.",
)
@click.option("--strict", is_flag=True, help="Leave with exit code 8 on warnings as well.")
def command(notebook: str, form: str, strict: bool) -> int:
    """Tell what stands in the way of running NOTEBOOK as a pipeline.

    Nothing of the notebook is run. The exit code is 0 where a run may begin, 8 where there are
    findings of severity error (or warning, with --strict).
    """
    checked = check(notebook)
    findings = checked.analysis.findings
    if form == "json":
        click.echo(as_json(findings), nl=False)
    elif form == "github":
        click.echo(as_github(notebook, findings), nl=False)
    else:
        click.echo(checked_text(notebook, checked), nl=False)
    grave = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
    return 8 if any(finding.severity in grave for finding in findings) else 0
