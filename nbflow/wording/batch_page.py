"""A batch as one HTML page that needs nothing besides: pictures of its metrics, and its table.

The page says to the browser that nothing else is to be loaded or run: its one script, which sorts the table,
is known by its hash. Without it the table is read as it stands.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import PurePath
from typing import Final

from nbflow.model import Name
from nbflow.service.batch.axes import figure
from nbflow.service.batch.drawing import STYLE, shortened
from nbflow.service.batch.scatter import MOST_ROWS, Extremes, extremes, scatter, varied, without
from nbflow.service.batch.table import Row, Table, plain, table
from nbflow.store import BatchRecord
from nbflow.wording.batches import standing
from nbflow.wording.words import GLYPHS, counted, duration, moment

_TOLD_MEMBERS: Final = 6
_LONGEST_CELL: Final = 60
_LONGEST_HEADING: Final = 28

_LOOKS: Final = """
:root{color-scheme:light dark;--nbflow-paper:#fff;--nbflow-ink:#1f2328;--nbflow-quiet:#59636e;
--nbflow-line:#d8dee4;--nbflow-dot:#2563eb;--nbflow-highest:#15803d;--nbflow-lowest:#c2410c;--back:#f6f8fa;
--failed:#b42318}
@media (prefers-color-scheme:dark){:root{--nbflow-paper:#0d1117;--nbflow-ink:#e6edf3;--nbflow-quiet:#9198a1;
--nbflow-line:#30363d;--nbflow-dot:#6ea8fe;--nbflow-highest:#4ade80;--nbflow-lowest:#fb923c;--back:#151b23;
--failed:#ff8a80}}
body{font:14px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;margin:2em auto;max-width:96em;
padding:0 1.5em;background:var(--nbflow-paper);color:var(--nbflow-ink)}
h1{font-size:1.5em;margin:0}h2{font-size:1.15em;margin:2em 0 .2em;overflow-wrap:anywhere}
p{margin:.3em 0}.quiet{color:var(--nbflow-quiet)}
.highest{color:var(--nbflow-highest)}.lowest{color:var(--nbflow-lowest)}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,27em),1fr));gap:1em;
margin:.8em 0}figure{margin:0}.pictures svg{width:100%;max-width:36em}
.wide{overflow-x:auto}table{border-collapse:collapse;margin:.8em 0;font-variant-numeric:tabular-nums}
th,td{padding:.3em .8em;text-align:left;border-bottom:1px solid var(--nbflow-line);white-space:nowrap}
th{background:var(--back)}td.number,th.number{text-align:right}
th button{all:unset;cursor:pointer}th button:focus-visible{outline:2px solid var(--nbflow-dot)}
th[aria-sort=ascending] button::after{content:" \\2191"}
th[aria-sort=descending] button::after{content:" \\2193"}
tbody tr:hover{background:var(--back)}.failed{color:var(--failed)}
li{overflow-wrap:anywhere}
"""

_SCRIPT: Final = """
const body = document.querySelector('tbody');
document.querySelectorAll('th').forEach((head, column, heads) => {
  const button = document.createElement('button');
  button.append(...head.childNodes);
  head.append(button);
  button.addEventListener('click', () => {
    const down = head.getAttribute('aria-sort') === 'ascending';
    heads.forEach(each => each.removeAttribute('aria-sort'));
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const of = row => row.cells[column].dataset.value ?? row.cells[column].textContent;
    const number = text => (text.trim() === '' ? NaN : Number(text));
    const order = (a, b) => {
      const [x, y] = [number(a), number(b)];
      if (Number.isNaN(x) || Number.isNaN(y)) {
        return Number.isNaN(x) && Number.isNaN(y) ? a.localeCompare(b) : Number.isNaN(x) - Number.isNaN(y);
      }
      return x - y;
    };
    const rows = [...body.rows].sort((one, other) => {
      const [a, b] = [of(one), of(other)];
      if (a === '' || b === '') {
        return (a === '') - (b === '');
      }
      return down ? order(b, a) : order(a, b);
    });
    body.append(...rows);
  });
});
"""


def page(batch: BatchRecord) -> str:
    """The page of a batch as the text of an HTML file."""
    found = table(batch)
    name = escape(batch.name)
    parts = [
        f"<h1>Batch {name}</h1>",
        *_head(batch, found),
        *(part for metric in found.metrics for part in _metric(found, metric)),
        *_members(found),
        *_errors(found),
    ]
    script = hashlib.sha256(_SCRIPT.encode()).digest()
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{base64.b64encode(script).decode()}'"
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Batch {name}</title>\n<style>{_LOOKS}{STYLE}</style></head>\n<body>\n"
        + "\n".join(parts)
        + f"\n<script>{_SCRIPT}</script>\n</body></html>\n"
    )


def _head(batch: BatchRecord, found: Table) -> Iterator[str]:
    """What the batch is of, how it stands, and what all its members have in common."""
    notebook = PurePath(batch.notebook.replace("\\", "/")).name
    going = ", going on" if batch.running else ""
    yield f'<p class="quiet">{escape(notebook)}, made {moment(batch.made)}{going}</p>'
    yield f"<p>{counted(len(found.rows), 'member')}: {standing(found.rows) or 'none'}</p>"
    varying = varied(found)
    same = [name for name in found.parameters if name not in varying]
    if same and len(found.rows) > 1:
        values = ", ".join(f"{name} = {_value(found.rows[0], name)}" for name in same)
        yield f"<p>In all members: {escape(values)}</p>"
    if not found.metrics:
        yield (
            '<p class="quiet">There are no metrics to draw: they are the numbers of the cells tagged'
            " <code>pipeline-metrics</code>.</p>"
        )


def _metric(found: Table, metric: str) -> Iterator[str]:
    """A metric against each parameter, and in words what pictures do not show."""
    yield f"<h2>{escape(metric)}</h2>"
    if marked := extremes(found, metric):
        yield f"<p>{_marks(marked)}</p>"
    if missing := without(found, metric):
        yield f'<p class="quiet">{_missing(missing, len(found.rows))}</p>'
    pictures = {name: scatter(found, name, metric) for name in varied(found)}
    if drawn := [picture for picture in pictures.values() if picture]:
        figures = "".join(f"<figure>{picture}</figure>" for picture in drawn)
        yield f'<div class="pictures">{figures}</div>'
    undrawn = [name for name, picture in pictures.items() if not picture]
    if undrawn and len(missing) < len(found.rows):
        yield (
            f'<p class="quiet">No picture against {escape(", ".join(undrawn))}: more than {MOST_ROWS}'
            " values that are no numbers.</p>"
        )


def _marks(marked: Extremes) -> str:
    return (
        f'<span class="highest">▲</span> highest {figure(marked.highest)}: {_named(marked.high)} &nbsp; '
        f'<span class="lowest">▼</span> lowest {figure(marked.lowest)}: {_named(marked.low)}'
    )


def _missing(rows: Sequence[Row], of: int) -> str:
    """2 of 50 members have no number here: members 3, 7."""
    verb = "has" if len(rows) == 1 else "have"
    return (
        f"{len(rows)} of {counted(of, 'member')} {verb} no number to draw: "
        f"{_named([row.member for row in rows])}"
    )


def _named(members: Sequence[int]) -> str:
    shown = ", ".join(map(str, members[:_TOLD_MEMBERS]))
    more = len(members) - _TOLD_MEMBERS
    word = "member" if len(members) == 1 else "members"
    return f"{word} {shown}" + (f" and {more} more" if more > 0 else "")


def _members(found: Table) -> Iterator[str]:
    """The table of members."""
    yield "<h2>Members</h2>"
    numbers = {name: _is_number(found, name) for name in found.parameters}
    heads = [
        ("member", True),
        *numbers.items(),
        *((name, True) for name in found.metrics),
        ("state", False),
        *((name, True) for name in ("took", "steps", "shared", "run")),
    ]
    cells = "".join(_heading(name, number) for name, number in heads)
    rows = "".join(f"<tr>{''.join(_cells(row, found, numbers))}</tr>\n" for row in found.rows)
    yield (
        f'<div class="wide"><table><thead><tr>{cells}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>'
    )


def _heading(name: str, number: bool) -> str:
    shown = shortened(name, _LONGEST_HEADING)
    whole = f' title="{escape(name)}"' if shown != name else ""
    return f'<th scope="col"{_of_kind(number)}{whole}>{escape(shown)}</th>'


def _cells(row: Row, found: Table, numbers: Mapping[Name, bool]) -> Iterator[str]:
    sign, _ = GLYPHS.get(row.state, ("?", ""))
    yield _cell(str(row.member), number=True)
    for name, number in numbers.items():
        yield _cell(_value(row, name), number=number)
    for metric in found.metrics:
        yield _cell(str(row.metrics.get(metric, "")), number=True)
    failed = ' class="failed"' if row.state == "failed" else ""
    yield f"<td{failed}>{sign} {escape(row.state)}</td>"
    exact = "" if row.seconds is None else repr(row.seconds)
    yield _cell(duration(row.seconds), number=True, exact=exact)
    for text in (str(row.steps), str(row.shared), row.run):
        yield _cell(text, number=True)


def _cell(text: str, *, number: bool, exact: str | None = None) -> str:
    """A cell with a text, shortened where it is long; it is sorted by the whole, or by what is ``exact``."""
    shown = _shown(text, number)
    by = text if exact is None else exact
    value = f' data-value="{escape(by)}"' if by != shown else ""
    whole = f' title="{escape(text)}"' if shown != text else ""
    return f"<td{_of_kind(number)}{value}{whole}>{escape(shown)}</td>"


def _shown(text: str, number: bool) -> str:
    """A text as it fits into a cell: of a number six digits, of any other the ends."""
    if number and re.fullmatch(r"-?\d+\.\d+(e[+-]\d+)?|-?\d+e[+-]\d+", text):
        return figure(float(text))
    return shortened(text, _LONGEST_CELL) if text else ""


def _of_kind(number: bool) -> str:
    return ' class="number"' if number else ""


def _is_number(found: Table, name: Name) -> bool:
    """Whether all values of a parameter are numbers, where there are any."""
    values = [row.parameters.get(name) for row in found.rows]
    return all(
        v is None or (isinstance(v, (int, float)) and not isinstance(v, bool)) for v in values
    )


def _value(row: Row, name: Name) -> str:
    return str(plain(row.parameters[name])) if name in row.parameters else ""


def _errors(found: Table) -> Iterator[str]:
    """Why members failed."""
    failed = [row for row in found.rows if row.error]
    if failed:
        lines = "".join(f"<li>member {row.member}, {escape(row.error)}</li>" for row in failed)
        yield f'<h2>What failed</h2><ul class="failed">{lines}</ul>'
