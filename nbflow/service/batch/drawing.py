"""Parts of pictures as SVG: texts, names of axes, ticks, and the picture around them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from html import escape
from typing import Final

_CHARACTER: Final = 6.2
_WIDE_CHARACTER: Final = 11.5
_TITLE_CHARACTER: Final = 7.2

#: How pictures look; their colours can be set where they are shown.
STYLE: Final = """
.nbflow-scatter{max-width:100%;height:auto;font:11px system-ui,-apple-system,"Segoe UI",sans-serif}
.nbflow-scatter text{fill:var(--nbflow-quiet,#59636e)}
.nbflow-scatter .name{fill:var(--nbflow-ink,#1f2328);font-size:12px}
.nbflow-scatter path{fill:none;stroke:var(--nbflow-line,#d8dee4)}
.nbflow-scatter .frame{stroke:var(--nbflow-quiet,#59636e)}
.nbflow-scatter .beside{stroke-dasharray:3 3}
.nbflow-scatter .dot{fill:var(--nbflow-dot,#2563eb);fill-opacity:.6;stroke:var(--nbflow-dot,#2563eb)}
.nbflow-scatter .highest{fill:var(--nbflow-highest,#15803d);stroke:var(--nbflow-paper,#fff)}
.nbflow-scatter .lowest{fill:var(--nbflow-lowest,#c2410c);stroke:var(--nbflow-paper,#fff)}
.nbflow-scatter .dot:hover,.nbflow-scatter .highest:hover,.nbflow-scatter .lowest:hover
{stroke:var(--nbflow-ink,#1f2328);stroke-width:2}
"""


def picture(parts: Sequence[str], width: float, height: float, label: str) -> str:
    """The whole picture; ``label`` says what it shows to those who do not see it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="nbflow-scatter" role="img"'
        f' aria-label="{escape(label)}" width="{width:.0f}" height="{height:.0f}"'
        f' viewBox="0 0 {width:.0f} {height:.0f}">{"".join(parts)}</svg>'
    )


def title(
    x: float,
    y: float,
    name: str,
    room: float,
    *,
    log: bool = False,
    turned: bool = False,
    anchor: str = "middle",
) -> str:
    """The name of an axis, shortened to fit the room, and whether its scale is logarithmic."""
    kind = " (log)" if log else ""
    shown = shortened(name, max(6, int(room / _TITLE_CHARACTER) - len(kind)))
    turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
    return (
        f'<text class="name" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{turn}>'
        f"{_whole(shown, name)}{escape(shown)}{kind}</text>"
    )


def label(x: float, y: float, text: str, anchor: str, most: int = 24) -> str:
    """A text, shortened to ``most`` signs; the whole of it is there to be hovered over."""
    shown = shortened(text, most)
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{_whole(shown, text)}{escape(shown)}</text>"
    )


def tick(x: float, y: float, text: str) -> str:
    """A tick below a horizontal axis, and what it says."""
    return f'<path class="frame" d="M{x:.1f} {y:.1f}v4"/>' + label(x, y + 17, text, "middle")


def _whole(shown: str, text: str) -> str:
    return f"<title>{escape(text)}</title>" if shown != text else ""


def shortened(text: str, most: int) -> str:
    """A text in one line, without its middle where it is longer than ``most`` signs."""
    line = " ".join(text.split()) or '""'
    if len(line) <= most:
        return line
    end = (most - 1) // 2
    return f"{line[: most - 1 - end]}…{line[-end:]}"


def width(text: str) -> float:
    """About how wide a text is."""
    return sum(
        _WIDE_CHARACTER if unicodedata.east_asian_width(sign) in "WF" else _CHARACTER
        for sign in text
    )
