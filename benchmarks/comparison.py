"""What became of a notebook that was run in Jupyter and as a pipeline, in one word and its reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nbflow.engines.comparison import Difference, Untrusted, compare
from nbflow.engines.seen import Seen


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a notebook.

    ``word`` is "same", "refused" (before the run, with ``codes``), "stopped" (by the run, with a
    sentence), "DIFFERENT", "crashed", or "no reference" (Jupyter itself could not run it).
    ``compared`` and ``left_out`` count parts of cells and variables.
    """

    notebook: str
    word: str
    codes: tuple[str, ...] = ()
    message: str = ""
    differences: tuple[Difference, ...] = ()
    compared: int = 0
    left_out: int = 0
    seconds: tuple[float, float] = (0.0, 0.0)


def verdict(
    notebook: str, references: Sequence[Seen], pipeline: Seen, untrusted: Untrusted
) -> Verdict:
    """What the pipeline's run is worth, given the reference runs."""
    seconds = (references[0].seconds, pipeline.seconds)
    if pipeline.word in ("refused", "stopped", "crashed"):
        return Verdict(notebook, pipeline.word, pipeline.codes, pipeline.message, seconds=seconds)
    found = compare(references, pipeline, untrusted)
    return Verdict(
        notebook,
        "DIFFERENT" if found.differences else "same",
        message=pipeline.message,
        differences=found.differences,
        compared=len(found.parts) + len(found.names),
        left_out=len(found.left_out),
        seconds=seconds,
    )
