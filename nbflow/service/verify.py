"""Prove the promise for one notebook: run it as a pipeline and whole in one kernel, and compare.

Each run has a fresh copy of the notebook's folder, always at the same path. What differs is held against a
second run in a kernel under another hash seed: what the notebook does not repeat itself is left out.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from nbflow import notebook as notebooks
from nbflow.analysis import Analysis, analyse
from nbflow.diagnostics import Finding
from nbflow.engines.comparison import Comparison, compare
from nbflow.engines.events import Event
from nbflow.engines.kernel import Called, in_kernel
from nbflow.engines.seen import Seen
from nbflow.errors import EngineError
from nbflow.kernels import python_of
from nbflow.model import Json, Notebook, StepName
from nbflow.service.check import options_for
from nbflow.service.copies import Copied, copy, root_of
from nbflow.service.given import seen_of
from nbflow.service.run import run
from nbflow.store import RunRecord, Store
from nbflow.store.scratch import place_in

__all__ = ["Stage", "Verified", "verify"]

_FILE = "@file:"
#: The hash seed of the second run in a kernel; the first one has that of the pipeline.
_OTHER_SEED = "1"


@dataclass(frozen=True, slots=True)
class Stage:
    """A run in a kernel begins: the ``number``-th, in a copy as it is described."""

    number: int
    copied: Copied


@dataclass(frozen=True, slots=True)
class Verified:
    """The record of the pipeline's run, and how it compares with the notebook run whole."""

    record: RunRecord
    comparison: Comparison
    copied: Copied

    @property
    def same(self) -> bool:
        """Whether the pipeline gave what the notebook gives."""
        return not self.comparison.differences


def verify(
    path: str,
    *,
    parameters: Mapping[str, Json] | None = None,
    python: str | None = None,
    jobs: int | None = None,
    output: str | None = None,
    report: str | None = None,
    fork: bool = True,
    on_event: Callable[[Event], None] = lambda event: None,
    on_findings: Callable[[tuple[Finding, ...]], None] = lambda findings: None,
    on_record: Callable[[RunRecord], None] = lambda record: None,
    on_stage: Callable[[Stage], None] = lambda stage: None,
) -> Verified:
    """Whether the notebook at ``path`` gives the same as a pipeline and whole in one kernel.

    The arguments are those of ``run``; ``on_record`` hears of the pipeline's run when it has ended,
    ``on_stage`` of each run in a kernel before it begins.

    Raises:
        Refused: the notebook has findings of severity error.
        NbflowError: as for ``run``; or a notebook, a folder or a kernel that nothing can be proven with.
    """
    absolute = Path(path).absolute()
    notebook = notebooks.read(absolute)
    analysis = analyse(notebook, options_for(absolute, notebook))
    with _scratch(absolute.parent) as scratch:
        copies = _Copies(absolute, analysis, scratch)
        with copies.fresh() as folder:
            record = run(
                path,
                parameters=parameters,
                python=python,
                jobs=jobs,
                output=output,
                report=report,
                fork=fork,
                fingerprint=True,
                workplace=folder,
                on_event=on_event,
                on_findings=on_findings,
            )
        on_record(record)
        comparison = _compared(record, notebook, analysis, copies, python, on_stage)
    word = "different" if comparison.differences else "same"
    with Store.open(absolute.parent) as store:
        store.note_verified(record.id, word)
    return Verified(replace(record, verified=word), comparison, copies.copied)


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """A place for copies in the store of a folder of notebooks."""
    with Store.open(folder, create=True) as store:
        within = store.folder
    with place_in(within) as place:
        yield place


def _calls(
    analysis: Analysis, notebook: Notebook, path: Path, folder: Path, within: str = ""
) -> dict[int, Called]:
    """The notebooks that a notebook calls, by the positions of their cells.

    ``path`` and ``folder`` are those of the pipeline's notebook, and of the copy in which it runs.
    """
    cells = {step.name: step.cells for step in analysis.pipeline.steps}
    position = {cell.id: cell.number - 1 for cell in notebook.cells}
    return {
        position[cell]: Called(
            name=call.name,
            notebook=path.parent / call.path,
            folder=Path(os.path.normpath(folder / call.path)).parent,
            taken=call.taken,
            arguments=call.arguments,
            values=call.values,
            given=call.given,
            calls=_calls(analysis, analysis.notebooks[call.name], path, folder, call.name),
        )
        for call in analysis.pipeline.calls
        if call.within == within
        for cell in cells[call.name]
    }


def _compared(
    record: RunRecord,
    notebook: Notebook,
    analysis: Analysis,
    copies: _Copies,
    python: str | None,
    on_stage: Callable[[Stage], None],
) -> Comparison:
    kernel = python_of(notebook, python)
    seen = seen_of(record, notebook, analysis.notebooks)
    references: list[Seen] = []
    for number, seed in enumerate((os.environ.get("PYTHONHASHSEED", "0"), _OTHER_SEED), start=1):
        with copies.fresh() as folder:
            on_stage(Stage(number, copies.copied))
            references.append(
                in_kernel(
                    copies.notebook,
                    kernel.python,
                    folder=folder,
                    env={**os.environ, **kernel.env, "PYTHONHASHSEED": seed},
                    parameters=record.parameters,
                    calls=_calls(analysis, notebook, copies.notebook, folder),
                )
            )
        if not references[0].variables and references[0].message:
            raise EngineError(
                f"the notebook's run in a kernel cannot be used: {references[0].message}"
            )
        comparison = compare(references, seen)
        if not comparison.differences:
            break
    return comparison


def _called_files(analysis: Analysis) -> set[str]:
    return {call.path for call in analysis.pipeline.calls}


def _written(analysis: Analysis) -> set[str]:
    """The files that steps write as far as their code shows, from the folder of the pipeline's notebook."""
    folders = {call.name: os.path.dirname(call.path) for call in analysis.pipeline.calls}
    own = {step.name: folders.get(StepName(step.call), "") for step in analysis.pipeline.steps}
    return {
        os.path.join(own[effects.step], access.name.removeprefix(_FILE))
        for effects in analysis.effects
        for access in effects.mutates
        if access.name.startswith(_FILE)
    }


class _Copies:
    """Makes fresh copies of a notebook's folder, one after the other, at one path."""

    def __init__(self, notebook: Path, analysis: Analysis, scratch: Path) -> None:
        self.notebook, self._scratch = notebook, scratch
        written = _written(analysis)
        self._root = root_of(notebook.parent, written | _called_files(analysis))
        self._names = frozenset(Path(path).name for path in written)
        self.copied = Copied(self._root)

    @contextmanager
    def fresh(self) -> Iterator[Path]:
        """The notebook's folder in a new copy, which is removed at the end."""
        try:
            place, self.copied = copy(self._root, self._scratch, self._names)
            yield place / self.notebook.parent.relative_to(self._root)
            touched = self.copied.touched()
            if touched:
                raise EngineError(
                    f"the notebook has changed {touched[0]}, which is too large to be copied:"
                    " nothing is proven where one run sees the files of another"
                )
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)
