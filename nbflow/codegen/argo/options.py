"""What a manifest depends on besides the notebook."""

from __future__ import annotations

from dataclasses import dataclass

from nbflow.codegen.options import CommonOptions


@dataclass(frozen=True, slots=True)
class Options(CommonOptions):
    """How the pipeline is to run.

    ``pull_secrets`` are names of secrets. Without a ``service_account`` or ``namespace``, those of the
    place are taken that the manifest is submitted to.
    """

    namespace: str = ""
    service_account: str = ""
    pull_secrets: tuple[str, ...] = ()
