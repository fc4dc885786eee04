"""What can be asked of a notebook. Nothing of it runs."""

from __future__ import annotations

import json
from pathlib import Path

from nbflow.analysis.inherited import step_settings
from nbflow.analysis.marks import marks
from nbflow.graph import waves
from nbflow.notebook import derived_ids
from nbflow.server import schema
from nbflow.server.findings import shown
from nbflow.server.operation import WRITE, Asked, Lane, Operation, Query
from nbflow.server.places import PlaceError
from nbflow.server.wording import spoken
from nbflow.service.check import Checked, check
from nbflow.service.convert import convert
from nbflow.service.tag import Proposal, propose
from nbflow.service.targets import TARGETS

PATH = Query("path", "The notebook.")


def _analysis(asked: Asked) -> schema.Analysis:
    path = asked.root.notebook(asked.text(PATH))
    return _analysed(_inside(asked, path, check(path)))


def _analysis_unsaved(asked: Asked) -> schema.Analysis:
    path, text = unsaved(asked)
    return _analysed(_inside(asked, Path(path), check(path, text=text)))


def _inside(asked: Asked, path: Path, checked: Checked) -> Checked:
    """What was checked, where all notebooks that it calls lie below the root as well.

    Raises:
        PlaceError: one does not; nothing of it is told.
    """
    for called in checked.called:
        if not asked.root.holds(path.parent / called):
            raise PlaceError(
                f"the notebook calls {called}, which is not below the root of the server"
            )
    return checked


def unsaved(asked: Asked) -> tuple[str, str]:
    """Where an editor's notebook will be saved, and its text; the file need not be there yet."""
    order: schema.Unsaved = asked.body
    path = asked.root.place(order.path)
    if path == asked.root.folder:
        raise PlaceError("the field 'path' has to lead to a notebook", 400)
    return str(path), json.dumps(order.notebook)


def _analysed(checked: Checked) -> schema.Analysis:
    found = checked.analysis
    marked = {mark.cell.id: mark for mark in marks(checked.notebook)}
    cells = {cell.id: cell for cell in checked.notebook.cells}
    derived = dict(zip(cells, derived_ids(checked.notebook), strict=True))
    return schema.Analysis(
        name=checked.notebook.name,
        kernel=spoken(checked.kernel),
        tagged=any(mark.step is not None for mark in marked.values()),
        steps=found.pipeline.steps,
        edges=found.pipeline.edges,
        waves=waves(found.pipeline),
        parameters=found.pipeline.parameters,
        settings=found.pipeline.metadata,
        step_settings=tuple(step_settings(checked.notebook, found)),
        cells=tuple(
            schema.Cell(
                id=each.cell,
                derived=derived[each.cell],
                number=cells[each.cell].number,
                role=each.role,
                own=marked[each.cell].role is not None,
                step=each.step,
                demoted=each.demoted,
                tags=cells[each.cell].tags,
                line=line.text if (line := marked[each.cell].line) else "",
            )
            for each in found.cells
            if each.cell in cells
        ),
        findings=shown(found.findings, checked),
    )


def _proposal(asked: Asked) -> schema.Proposal:
    return _proposed(propose(asked.root.notebook(asked.text(PATH))))


def _proposal_unsaved(asked: Asked) -> schema.Proposal:
    path, text = unsaved(asked)
    return _proposed(propose(path, text=text))


def _proposed(found: Proposal) -> schema.Proposal:
    return schema.Proposal(
        tuple(schema.ProposedTags(cell.id, cell.number, tags) for cell, tags in found.cells)
    )


def _conversion(asked: Asked) -> schema.Conversion:
    order: schema.ConversionOrder = asked.body
    path = asked.root.notebook(order.path)
    if order.target not in TARGETS:
        raise PlaceError(
            f"there is no target {order.target!r}; there are {', '.join(TARGETS)}", 400
        )
    beside = asked.root.shown(path.parent / f"{path.stem}-{order.target}")
    folder = asked.root.place(order.output or beside)
    if folder == asked.root.folder:
        raise PlaceError("the root of the server cannot be the folder of a conversion", 400)
    checked = _inside(asked, path, check(path))
    made = convert(str(path), order.target, output=str(folder), image=order.image or None)
    return schema.Conversion(
        folder=asked.root.shown(folder),
        files=tuple(asked.root.shown(folder / file) for file in made.files),
        steps=made.steps,
        bytes=made.bytes,
        missing=made.missing,
        requirements=made.requirements,
        findings=shown(made.findings, checked),
    )


OPERATIONS = (
    Operation(
        "GET",
        "/analysis",
        "The notebook on disk as a pipeline: steps, edges, parameters, findings, roles of cells.",
        schema.Analysis,
        _analysis,
        queries=(PATH,),
        lane=Lane.ANALYSIS,
    ),
    Operation(
        "POST",
        "/analysis",
        "The same of a notebook that has not been saved.",
        schema.Analysis,
        _analysis_unsaved,
        body=schema.Unsaved,
        lane=Lane.ANALYSIS,
    ),
    Operation(
        "GET",
        "/proposal",
        "The tags that would make the pipeline of an untagged notebook explicit.",
        schema.Proposal,
        _proposal,
        queries=(PATH,),
        lane=Lane.ANALYSIS,
    ),
    Operation(
        "POST",
        "/proposal",
        "The same for a notebook that has not been saved.",
        schema.Proposal,
        _proposal_unsaved,
        body=schema.Unsaved,
        lane=Lane.ANALYSIS,
    ),
    Operation(
        "POST",
        "/conversions",
        "Writes the notebook as the files of a target, and says what was made.",
        schema.Conversion,
        _conversion,
        body=schema.ConversionOrder,
        action=WRITE,
        lane=Lane.CONVERSION,
        status=201,
    ),
)
