"""Small pictures of values that are pictures, as PNG; only on this machine, never in a pod."""

from __future__ import annotations

import base64
import struct
import sys
import zlib
from typing import Any, Callable, Iterator, Optional, Tuple

#: So long may a picture be, in characters of base64, and so many pixels a side at first.
MOST = 96 * 1024
_SIDE = 320
#: Arrays with shorter or longer sides are rather tables.
_SHORTEST, _LONGEST = 8, 1 << 15
#: What may draw something of a figure without running what the notebook defines.
_KNOWN = ("matplotlib", "mpl_toolkits", "pandas", "seaborn")
_SCALES = ("asinh", "linear", "log", "logit", "symlog")
_Pixels = Tuple[int, int, int, bytes]


def is_of(value: Any, module: str, name: str) -> bool:
    """Whether a value is exactly of this type of a library that has been imported."""
    kind = type(value)
    public = getattr(sys.modules.get(module), name, None)
    return kind is public and _library(kind.__module__) == _library(module)


def picture(value: Any) -> Optional[str]:
    """The picture of a value as base64 of PNG, None where it is none or would be too large."""
    drawn = _drawn(value)
    if drawn is None:
        return None
    side = _SIDE
    for _ in range(3):
        text = base64.b64encode(_png(*drawn(side))).decode("ascii")
        if len(text) <= MOST:
            return text
        side = int(side * 0.9 * (MOST / len(text)) ** 0.5)
    return None


def _drawn(value: Any) -> Optional[Callable[[int], _Pixels]]:
    """What gives width, height, channels and bytes of a value's picture with sides of so many pixels."""
    kind = type(value)
    if is_of(value, "numpy", "ndarray"):
        return _of_array(value) if _is_picture(value) else None
    if is_of(value, "matplotlib.figure", "Figure"):
        return _of_figure(value) if _is_harmless(value) else None
    images = sys.modules.get("PIL.Image")
    if images and kind.__module__.startswith("PIL.") and issubclass(kind, images.Image):
        return _of_image(value) if is_of(value, kind.__module__, kind.__name__) else None
    return None


def _is_picture(array: Any) -> bool:
    """Whether an array is like those that libraries for pictures give, and one of these is there."""
    if "PIL.Image" not in sys.modules or str(array.dtype) != "uint8":
        return False
    sides = array.shape[:2]
    channels = array.shape[2:] in ((), (1,), (3,), (4,))
    return len(sides) == 2 and channels and min(sides) >= _SHORTEST and max(sides) <= _LONGEST


def _of_array(array: Any) -> Callable[[int], _Pixels]:
    def drawn(side: int) -> _Pixels:
        step = -(-max(array.shape[:2]) // side)
        part = array[::step, ::step]
        channels = part.shape[2] if part.ndim == 3 else 1
        return part.shape[1], part.shape[0], channels, part.tobytes()

    return drawn


def _of_image(image: Any) -> Callable[[int], _Pixels]:
    def drawn(side: int) -> _Pixels:
        width, height = image.size
        scale = min(1.0, side / max(width, height))
        size = max(1, int(width * scale)), max(1, int(height * scale))
        small = image.resize(size, 0) if size != image.size else image  # the nearest pixels
        clear = "A" in small.mode or "transparency" in small.info
        mode = "RGBA" if clear else "L" if small.mode in ("1", "L") else "RGB"
        small = small if small.mode == mode else small.convert(mode)
        return (*small.size, len(mode), small.tobytes())

    return drawn


def _of_figure(figure: Any) -> Callable[[int], _Pixels]:
    agg = sys.modules["matplotlib.backends.backend_agg"]

    def drawn(side: int) -> _Pixels:
        canvas, dpi = figure.canvas, figure.dpi
        try:
            figure.dpi = min(dpi, side / max(figure.get_size_inches()))
            new = agg.FigureCanvasAgg(figure)
            new.draw()
            width, height = new.get_width_height()
            return width, height, 4, bytes(new.buffer_rgba())
        finally:
            figure.set_canvas(canvas)
            figure.dpi = dpi

    return drawn


def _is_harmless(figure: Any) -> bool:
    """Whether drawing a figure runs nothing but code of libraries, which are all there."""
    return (
        "matplotlib.backends.backend_agg" in sys.modules
        and not figure.canvas.callbacks.callbacks.get("draw_event")
        and all(map(_is_known_artist, _artists(figure)))
    )


def _artists(artist: Any) -> Iterator[Any]:
    """The artist and all that it is made of, each before it is asked for its own parts."""
    yield artist
    for part in artist.get_children():
        yield from _artists(part)


def _is_known_artist(artist: Any) -> bool:
    if not _is_known(artist):
        return False
    own = [getattr(artist, name, None) for name in ("norm", "cmap")]
    own.append(artist.get_agg_filter())
    if hasattr(artist, "get_axes_locator"):
        own.append(artist.get_axes_locator())
    places = [getattr(artist, name, None) for name in ("xycoords", "anncoords", "boxcoords")]
    heard = getattr(getattr(artist, "callbacks", None), "callbacks", {})
    hearers = [ref() for name in "xyz" for ref in heard.get(f"{name}lim_changed", {}).values()]
    return (
        all(map(_is_known, (*own, *(artist.get_path_effects() or ()), *_parts_of_axis(artist))))
        and all(map(_is_known_place, places))
        and all(_library(getattr(each, "__module__", "")) in _KNOWN for each in hearers)
        and not getattr(artist, "get_usetex", bool)()  # it starts a program
        and getattr(artist, "get_scale", lambda: "linear")() in _SCALES
    )


def _is_known_place(place: Any) -> bool:
    parts = place if type(place) is tuple else (place,)
    return all(type(part) is str or _is_known(part) for part in parts)


def _parts_of_axis(artist: Any) -> Iterator[Any]:
    if issubclass(type(artist), sys.modules["matplotlib.axis"].Axis):
        yield from (artist.get_major_formatter(), artist.get_minor_formatter())
        yield from (artist.get_major_locator(), artist.get_minor_locator())


def _is_known(part: Any) -> bool:
    kind = type(part)
    known = _library(kind.__module__) in _KNOWN
    return part is None or (known and not kind.__name__.startswith("Func"))


def _library(module: str) -> str:
    return module.split(".", maxsplit=1)[0]


def _png(width: int, height: int, channels: int, pixels: bytes) -> bytes:
    """A PNG of pixels of one byte a channel."""
    colour = {1: 0, 3: 2, 4: 6}[channels]
    stride = width * channels
    rows = b"".join(b"\0" + pixels[row * stride : (row + 1) * stride] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
