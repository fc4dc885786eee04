"""A graph of steps as an SVG picture, laid out in ranks from top to bottom.

The way of Sugiyama, Tagawa and Toda (1981): ranks by longest path, long edges broken by bends, the order
within a rank by the mean place of neighbours, then places. The label of an edge is a node of its own
between two ranks, so that labels and steps never lie on each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Final

from nbflow.engines.events import StepState
from nbflow.model import Edge, StepName
from nbflow.service.graph import Graph, is_possible, variables_of

_STEP_HEIGHT: Final = 36
_LABEL_HEIGHT: Final = 18
_RANK_GAP: Final = 26
_SIDE_GAP: Final = 22
_MARGIN: Final = 20
_STEP_CHARACTER: Final = 7.6
_LABEL_CHARACTER: Final = 6.3
_SHOWN_VARIABLES: Final = 3
_SHOWN_CHARACTERS: Final = 34
_SWEEPS: Final = 8
#: Past this many bends an edge is drawn straight, so that a thousand steps are still drawn at once.
_MOST_BENDS: Final = 3000

_STYLE: Final = """
text { font-family: system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif }
.step rect { fill: #ffffff; stroke: #94a3b8; stroke-width: 1.2 }
.step text { fill: #0f172a; font-size: 13px; font-weight: 500 }
.edge path { fill: none; stroke: #94a3b8; stroke-width: 1.3 }
.dashed path { stroke-dasharray: 5 4 }
.label rect { fill: #f1f5f9 }
.label text { fill: #334155; font-size: 11px }
.ambient text { fill: #7c3aed }
"""
#: How a step looks in each state of a run.
_STATES: Final = """
.running rect { fill: #e0f2fe; stroke: #0284c7; stroke-width: 2.4 }
.done rect { fill: #dcfce7; stroke: #16a34a }
.failed rect { fill: #fee2e2; stroke: #dc2626; stroke-width: 2.4 }
.skipped rect, .stopped rect { fill: #f1f5f9; stroke-dasharray: 4 3 }
.skipped text, .stopped text { fill: #475569 }
"""


@dataclass(slots=True, eq=False)
class _Node:
    """A step, a label or a bend: where it stands while the picture is laid out."""

    rank: int
    width: float
    height: float
    text: str = ""
    x: float = 0.0
    y: float = 0.0
    above: list[_Node] = field(default_factory=list)
    below: list[_Node] = field(default_factory=list)


def as_svg(found: Graph, states: Mapping[StepName, StepState] | None = None) -> str:
    """The picture as the text of an SVG file; with ``states``, that of a run."""
    steps = _steps(found)
    chains = [(edge, _chain(edge, steps, room)) for edge, room in _with_room(found, steps)]
    nodes = [*steps.values(), *(node for _, chain in chains for node in chain[1:-1])]
    ranks = _ranked(nodes)
    _order(ranks)
    _place(ranks)
    width = max((node.x + node.width / 2 for node in nodes), default=0.0) + _MARGIN
    height = max((node.y + node.height / 2 for node in nodes), default=0.0) + _MARGIN
    parts = [
        *(_edge_drawn(edge, chain) for edge, chain in chains),
        *(_label_drawn(edge, node) for edge, chain in chains for node in chain if node.text),
        *(_step_drawn(name, node, (states or {}).get(name)) for name, node in steps.items()),
    ]
    style = _STYLE if states is None else _STYLE + _STATES
    return _page(found.name, style, max(width, 2 * _MARGIN), max(height, 2 * _MARGIN), parts)


def _steps(found: Graph) -> dict[StepName, _Node]:
    ranks = {step: 2 * number for number, wave in enumerate(found.waves) for step in wave}
    return {
        step: _Node(ranks[step], max(64.0, len(step) * _STEP_CHARACTER + 28), _STEP_HEIGHT)
        for step in found.steps
    }


def _with_room(found: Graph, steps: dict[StepName, _Node]) -> Iterable[tuple[Edge, bool]]:
    """The edges that can be drawn downwards, and whether there is room for their bends."""
    bends = 0
    for edge in found.edges:
        length = steps[edge.reader].rank - steps[edge.writer].rank
        if length > 0:
            bends += length
            yield edge, bends <= _MOST_BENDS


def _chain(edge: Edge, steps: dict[StepName, _Node], room: bool) -> list[_Node]:
    """The nodes that the edge goes through: writer, label, bends, reader."""
    writer, reader = steps[edge.writer], steps[edge.reader]
    text = _shown(variables_of(edge))
    label = _Node(writer.rank + 1, max(8.0, len(text) * _LABEL_CHARACTER + 14), _LABEL_HEIGHT, text)
    if not text:
        label.width = 8.0
    last = reader.rank if room else writer.rank + 2
    bends = [_Node(rank, 8.0, 0.0) for rank in range(writer.rank + 2, last)]
    chain = [writer, label, *bends, reader]
    for upper, lower in pairwise(chain):
        upper.below.append(lower)
        lower.above.append(upper)
    return chain


def _shown(variables: Sequence[str]) -> str:
    if not variables:
        return ""
    shown = ", ".join(variables[:_SHOWN_VARIABLES])
    if len(shown) > _SHOWN_CHARACTERS:
        shown = shown[: _SHOWN_CHARACTERS - 1] + "…"
    hidden = len(variables) - _SHOWN_VARIABLES
    return f"{shown} +{hidden}" if hidden > 0 else shown


def _ranked(nodes: Iterable[_Node]) -> list[list[_Node]]:
    ranks: dict[int, list[_Node]] = {}
    for node in nodes:
        ranks.setdefault(node.rank, []).append(node)
    return [ranks[rank] for rank in sorted(ranks)]


def _order(ranks: list[list[_Node]]) -> None:
    """Order each rank by the mean place of the neighbours above, then below, and so on."""
    for rank in ranks:
        _number(rank)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for rank in ranks if down else reversed(ranks):
            rank.sort(key=lambda node, down=down: _mean(node, down))  # type: ignore[misc]
            _number(rank)


def _number(rank: list[_Node]) -> None:
    for place, node in enumerate(rank):
        node.x = float(place)


def _mean(node: _Node, down: bool) -> float:
    near = node.above if down else node.below
    return sum(other.x for other in near) / len(near) if near else node.x


def _place(ranks: list[list[_Node]]) -> None:
    y = float(_MARGIN)
    for rank in ranks:
        height = max(node.height for node in rank)
        for node in rank:
            node.y = y + height / 2
        y += height + _RANK_GAP
        _spread(rank, [0.0] * len(rank))
    for sweep in range(_SWEEPS * 2):
        for rank in ranks if sweep % 2 == 0 else reversed(ranks):
            _spread(rank, [_wish(node) for node in rank])
    left = min((node.x - node.width / 2 for rank in ranks for node in rank), default=0.0)
    for rank in ranks:
        for node in rank:
            node.x += _MARGIN - left


def _wish(node: _Node) -> float:
    near = [*node.above, *node.below]
    return sum(other.x for other in near) / len(near) if near else node.x


def _spread(rank: Sequence[_Node], wishes: Sequence[float]) -> None:
    """Place the nodes of a rank as near to their wishes as their widths allow (pool of neighbours)."""
    blocks: list[tuple[float, list[int]]] = []  # the mean wish for the first node, and the members
    offsets = [0.0]
    for left, right in pairwise(rank):
        offsets.append(offsets[-1] + (left.width + right.width) / 2 + _SIDE_GAP)
    for index, wish in enumerate(wishes):
        blocks.append((wish - offsets[index], [index]))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            later, earlier = blocks.pop(), blocks.pop()
            members = [*earlier[1], *later[1]]
            mean = (earlier[0] * len(earlier[1]) + later[0] * len(later[1])) / len(members)
            blocks.append((mean, members))
    for start, members in blocks:
        for index in members:
            rank[index].x = start + offsets[index]


def _edge_drawn(edge: Edge, chain: Sequence[_Node]) -> str:
    points = [(chain[0].x, chain[0].y + chain[0].height / 2)]
    points += [(node.x, node.y) for node in chain[1:-1]]
    points.append((chain[-1].x, chain[-1].y - chain[-1].height / 2 - 2))
    kind = "edge dashed" if is_possible(edge) or not edge.variables else "edge"
    names = ", ".join(variables_of(edge)) or "asked for"
    title = escape(f"{edge.writer} → {edge.reader}: {names}")
    return (
        f'<g class="{kind}"><title>{title}</title>'
        f'<path d="{_curve(points)}" marker-end="url(#tip)"/></g>'
    )


def _curve(points: Sequence[tuple[float, float]]) -> str:
    """A smooth path through ``points`` that never turns back (Fritsch and Carlson, 1980)."""
    secants = [(x2 - x1) / (y2 - y1) for (x1, y1), (x2, y2) in pairwise(points)]
    inner = [2 * a * b / (a + b) if a * b > 0 else 0.0 for a, b in pairwise(secants)]
    slopes = [0.0, *inner, 0.0]
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for ((x1, y1), (x2, y2)), (out, into) in zip(pairwise(points), pairwise(slopes), strict=True):
        third = (y2 - y1) / 3
        path.append(
            f"C{x1 + out * third:.1f} {y1 + third:.1f} "
            f"{x2 - into * third:.1f} {y2 - third:.1f} {x2:.1f} {y2:.1f}"
        )
    return " ".join(path)


def _label_drawn(edge: Edge, node: _Node) -> str:
    ambient = all(name.startswith("@") for name in edge.variables)
    return (
        f'<g class="label{" ambient" if ambient else ""}">'
        f"<title>{escape(', '.join(variables_of(edge)))}</title>"
        f"{_box(node, node.height / 2)}{_words(node, node.text, 4.0)}</g>"
    )


def _step_drawn(name: StepName, node: _Node, state: StepState | None) -> str:
    kind = "step" if state is None else f"step {state.value}"
    return f'<g class="{kind}">{_box(node, 8.0)}{_words(node, name, 4.5)}</g>'


def _box(node: _Node, radius: float) -> str:
    return (
        f'<rect x="{node.x - node.width / 2:.1f}" y="{node.y - node.height / 2:.1f}" '
        f'width="{node.width:.1f}" height="{node.height:.1f}" rx="{radius:.1f}"/>'
    )


def _words(node: _Node, text: str, drop: float) -> str:
    place = f'x="{node.x:.1f}" y="{node.y + drop:.1f}"'
    return f'<text {place} text-anchor="middle">{escape(text)}</text>'


def _page(name: str, style: str, width: float, height: float, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img">\n'
        f"<title>{escape(name)}</title>\n<style>{style}</style>\n"
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0.5 8 4 0 7.5z" fill="#94a3b8"/></marker>'
        '</defs>\n<rect width="100%" height="100%" fill="#f8fafc" rx="10"/>\n'
        f"{body}\n</svg>\n"
    )
