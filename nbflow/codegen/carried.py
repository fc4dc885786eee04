"""Files that lie beside the notebook, packed to travel with a manifest: small, and always the same bytes."""

from __future__ import annotations

import base64
import io
import lzma
import zipfile
from collections.abc import Mapping
from typing import Final

#: As long as a part of the text may be. The launcher of a step is given all its arguments in one word,
#: which Linux allows to be 128 KiB long.
LONGEST: Final = 96 * 1024
_WHEN: Final = (1980, 1, 1, 0, 0, 0)


def packed(contents: Mapping[str, bytes], executable: frozenset[str] = frozenset()) -> str:
    """The files as text: base64 of xz of zip. ``runtime.files.unpack`` reads it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(contents):
            about = zipfile.ZipInfo(path, _WHEN)
            about.external_attr = (0o755 if path in executable else 0o644) << 16
            archive.writestr(about, contents[path])
    return base64.b64encode(lzma.compress(made.getvalue(), preset=9)).decode("ascii")


def parts(text: str) -> tuple[str, ...]:
    """The text in pieces, each of which fits into one argument."""
    return tuple(text[start : start + LONGEST] for start in range(0, len(text), LONGEST))
