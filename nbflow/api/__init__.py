"""nbflow for Python: notebooks read, analysed, converted and run from a script or a test suite.

Everything here is also an attribute of ``nbflow`` itself. What it does is in ``nbflow.service``.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from nbflow import notebook as notebooks
from nbflow.analysis import Analysis
from nbflow.api.recorded_batch import Batch, BatchMember
from nbflow.api.recorded_run import Run, RunStep, Variables
from nbflow.diagnostics import Finding
from nbflow.engines.events import Event
from nbflow.errors import NotebookError, NotRecordedError, ParameterError
from nbflow.model import Json, Notebook, StepName
from nbflow.profiles import LOCAL
from nbflow.service import history
from nbflow.service.batch import batch as batching
from nbflow.service.batch.events import BatchEvent
from nbflow.service.batch.planning import Grid, Rows
from nbflow.service.check import check as checked
from nbflow.service.convert import Converted
from nbflow.service.convert import convert as converted
from nbflow.service.run import Keep, Refused, Reuse
from nbflow.service.run import run as executed
from nbflow.store import RunRecord

PathLike: TypeAlias = str | os.PathLike[str]
#: The alternatives of a parameter: a list of values, or its only value.
Alternatives: TypeAlias = "Json | Iterable[Json]"


def read(path: PathLike) -> Notebook:
    """The notebook at ``path``: its cells with their tags. The file is never written.

    Raises:
        NotebookError: the file cannot be read as a notebook.
    """
    return notebooks.read(os.fspath(path))


def analyze(path: PathLike) -> Analysis:
    """The pipeline that the notebook at ``path`` is, and all findings about it; nothing of it is run.

    Raises:
        NotebookError: the file cannot be read as a notebook.
    """
    return checked(os.fspath(path)).analysis


def convert(
    path: PathLike,
    target: Literal["kfp", "argo", "python"],
    *,
    output: PathLike | None = None,
    image: str | None = None,
    python: PathLike | None = None,
) -> Converted:
    """What came of writing the notebook at ``path`` as the files of a target; nothing of it is run.

    Args:
        path: the notebook.
        target: what is written: ``kfp``, ``argo`` or ``python``.
        output: the folder for the files; by default NAME-TARGET in the working directory.
        image: the image of all steps that name none.
        python: the interpreter whose packages are asked for; by default that of the notebook's kernel.

    Raises:
        Refused: there are findings of severity error; they are its ``findings``.
        NbflowError: the notebook, its kernel or the folder is at fault.
    """
    return converted(
        os.fspath(path), target, output=_text(output), image=image, python=_text(python)
    )


def run(
    path: PathLike,
    parameters: Mapping[str, Json] | None = None,
    *,
    check: bool = False,
    steps: Sequence[str] = (),
    jobs: int | None = None,
    cache: bool = True,
    force: Sequence[str] = (),
    keep: Literal["all", "edges"] = "all",
    output: PathLike | None = None,
    report: PathLike | None = None,
    python: PathLike | None = None,
    engine: str | None = None,
    image: str | None = None,
    on_event: Callable[[Event], None] | None = None,
) -> Run:
    """The run of the notebook at ``path`` as a pipeline, when it has ended.

    A run in which a cell fails is returned like any other: ``run.state`` says so, ``run.check()`` raises.

    Args:
        path: the notebook; its steps run in its folder, and the run is recorded there.
        parameters: values by name, as Python or JSON has them; text is read as on the command line.
        check: raise ``RunFailedError`` where the run does not end well.
        steps: run these steps and what they need; by default all.
        jobs: how many steps may run at once; by default the number of cores.
        cache: use results of earlier runs that still hold.
        force: steps that run anew though their results hold.
        keep: store ``all`` variables, or those of the ``edges`` between steps.
        output: where the executed notebook is written too, a file or an address; names of parameters may
            stand in braces.
        report: a folder for one HTML page for each step.
        python: the interpreter of the steps; by default that of the notebook's kernel.
        engine: where it runs: a name that ``nbflow engine list`` shows, or ``kfp``, ``argo`` or ``local``; by
            default this machine. ``steps`` to ``report`` are for runs on this machine. A run elsewhere goes
            on there where the call is interrupted.
        image: the image of steps that name none, for runs elsewhere.
        on_event: hears of the run's progress.

    Raises:
        Refused: the notebook has findings of severity error, and nothing was run; they are its ``findings``.
        ParameterError: there is no such parameter or step, a value does not fit, or what was asked for is
            not for this engine.
        RunFailedError: the run did not end well, and ``check`` was asked for.
        NbflowError: the notebook, the kernel, the engine or the store is at fault.
    """
    hear = on_event or (lambda event: None)
    place = None if engine == LOCAL else engine
    here = {
        "steps": steps, "jobs": jobs, "cache": not cache, "force": force, "keep": keep != "all",
        "output": output, "report": report,
    }  # fmt: skip
    _check_place(place, image, [name for name, given in here.items() if given])
    if place is not None:
        record = _sent(os.fspath(path), place, parameters, _text(python), image, hear)
    else:
        record = executed(
            os.fspath(path),
            parameters=parameters,
            python=_text(python),
            jobs=jobs,
            steps=steps,
            output=_text(output),
            report=_text(report),
            reuse=Reuse(off=not cache, forced=frozenset(map(StepName, force))),
            keep=Keep(keep),
            on_event=hear,
        )
    made = Run(record, notebooks.folder_of(record.notebook))
    return made.check() if check else made


def _check_place(engine: str | None, image: str | None, local: Sequence[str]) -> None:
    """Nothing, where what was asked for goes with an engine elsewhere, or with none.

    ``local`` are the arguments for runs on this machine that were given.

    Raises:
        ParameterError: it does not.
    """
    if engine is not None and local:
        raise ParameterError(f"{', '.join(local)}: for runs on this machine, not with an engine")
    if engine is None and image is not None:
        raise ParameterError("an image is for runs elsewhere: name an engine as well")


def _sent(
    path: str,
    engine: str,
    parameters: Mapping[str, Json] | None,
    python: str | None,
    image: str | None,
    on_event: Callable[[Event], None],
) -> RunRecord:
    """The record of a run elsewhere when it has ended."""
    # Deferred: only runs elsewhere need what compiles manifests and talks to engines.
    from nbflow.service.elsewhere.submit import submit  # noqa: PLC0415
    from nbflow.service.engines import chosen  # noqa: PLC0415

    profile = chosen(engine)
    assert profile is not None  # as it is not local
    return submit(
        path,
        profile,
        parameters=parameters,
        python=python,
        image=image,
        on_event=on_event,
        wait=True,
    )


def runs(notebook: PathLike | None = None, *, folder: PathLike = ".") -> list[Run]:
    """The runs that are recorded, the newest first: of ``notebook``, or of all notebooks of ``folder``.

    Raises:
        NotebookError: there is neither such a file nor a run of it.
        StoreError: the store cannot be read.
    """
    file = _text(notebook)
    place = notebooks.store_place(file, folder)
    try:
        rows = history.runs(file, place)
    except NotRecordedError:  # no run has been made here yet
        rows = []
    if file is not None and not rows and not (notebooks.is_address(file) or Path(file).exists()):
        raise NotebookError(f"there is no file {notebook}; check the path")
    return [Run(row, place) for row in rows]


def batch(
    path: PathLike,
    grid: Mapping[str, Alternatives] | None = None,
    *,
    rows: Iterable[Mapping[str, Json]] | None = None,
    draw: Mapping[str, str] | None = None,
    draws: int = 0,
    seed: int | None = None,
    check: bool = False,
    name: str = "",
    jobs: int | None = None,
    output: PathLike | None = None,
    python: PathLike | None = None,
    engine: str | None = None,
    image: str | None = None,
    on_event: Callable[[BatchEvent], None] | None = None,
) -> Batch:
    """The batch of the notebook at ``path``, when it has been run with all sets of parameters.

    What the parameters do not reach is computed once for all members. A member that fails keeps none of the
    others from running, and is returned like them: ``state`` says so, ``batch.check()`` raises.

    Args:
        path: the notebook; its steps run in its folder, and the batch is recorded there.
        grid: the alternatives of parameters; all combinations run. Values are as ``run`` takes them.
        rows: sets of values by name; each runs, with every combination of the grid.
        draw: how parameters are drawn at random: ``{"lr": "loguniform(1e-4, 0.1)"}``.
        draws: how many sets of values are drawn; each runs with every row and combination.
        seed: draw the first sets of its sequence; by default a batch goes on with its own.
        check: raise ``RunFailedError`` where a member does not end well.
        name: the name of the batch; members are added to one that is there. By default it is a new batch.
        jobs: how many members may run at once; by default as many as before, or one.
        output: where executed notebooks are written too, with names in braces: ``out/{depth}.ipynb``.
        python: the interpreter of the steps; by default that of the notebook's kernel.
        engine: where its members run, as for ``run``; the batch keeps it.
        image: the image of steps that name none, for members elsewhere; the batch keeps it.
        on_event: hears of the progress of the batch.

    Raises:
        Refused: the notebook has findings of severity error, and nothing was run; they are its ``findings``.
        ParameterError: there is no such parameter, a value does not fit, or nothing varies.
        RunFailedError: a member did not end well, and ``check`` was asked for.
        NbflowError: the notebook, the kernel, the engine or the store is at fault.
    """
    sets = None if rows is None else list(rows)
    if not (sets or grid or draws or draw) or sets == []:
        raise ParameterError("nothing varies: give a grid, rows or draws")
    alternatives = {each: _alternatives(values) for each, values in (grid or {}).items()}
    record = batching.start(
        os.fspath(path),
        Rows() if sets is None else _rows(sets),
        Grid(alternatives, draws=draw or {}),
        draws=draws,
        seed=seed,
        name=name,
        jobs=jobs,
        output=_text(output) or "",
        python=_text(python),
        engine=engine,
        image=image,
        on_event=on_event or (lambda event: None),
    )
    made = Batch(record)
    return made.check() if check else made


def batches(notebook: PathLike | None = None, *, folder: PathLike = ".") -> list[Batch]:
    """The batches that are recorded, the newest first: of ``notebook``, or of all notebooks of ``folder``.

    Raises:
        StoreError: the store cannot be read.
    """
    try:
        found = batching.batches(_text(notebook), os.fspath(folder))
    except NotRecordedError:  # nothing has been run here yet
        return []
    return [Batch(each) for each in found]


def _rows(rows: Sequence[Mapping[str, Json]]) -> Rows:
    if not all(isinstance(row, Mapping) for row in rows):  # a frame of pandas gives its columns
        raise ParameterError(
            "rows are a list of dictionaries, such as `frame.to_dict('records')` of a frame"
        )
    sets = ({name: _python(value) for name, value in row.items()} for row in rows)
    return Rows(tuple((f"row {number}", each) for number, each in enumerate(sets, start=1)))


def _alternatives(values: Alternatives) -> list[object]:
    """The values of what may be a list, a range or an array; a text or a mapping is one value."""
    found = _python(values)
    if isinstance(found, (str, Mapping)) or not isinstance(found, Iterable):
        return [found]
    return [_python(each) for each in found]


def _python(value: object) -> object:
    """Python's own numbers and lists for those of numpy and pandas."""
    listed = getattr(value, "tolist", None)
    return listed() if callable(listed) else value


def _text(path: PathLike | None) -> str | None:
    return None if path is None else os.fspath(path)


__all__ = [
    "Analysis",
    "Batch",
    "BatchMember",
    "Converted",
    "Finding",
    "Notebook",
    "Refused",
    "Run",
    "RunStep",
    "Variables",
    "analyze",
    "batch",
    "batches",
    "convert",
    "read",
    "run",
    "runs",
]
