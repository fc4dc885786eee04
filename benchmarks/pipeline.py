"""What a notebook gives when nbflow runs it as a pipeline.

Run as ``python pipeline.py NOTEBOOK PYTHON OUT.json [JOBS]``.
"""

from __future__ import annotations

import sys
import time
import traceback
from dataclasses import replace
from pathlib import Path

from observed import write

from nbflow.diagnostics import Severity
from nbflow.engines.seen import Seen
from nbflow.errors import NbflowError
from nbflow.notebook import read
from nbflow.service.given import seen_of
from nbflow.service.run import Refused, run


def pipeline(notebook: Path, python: str | None, jobs: int | None = None) -> Seen:
    """What the notebook gives as a pipeline; findings and errors come back as words, never as
    exceptions.
    """
    began = time.perf_counter()
    try:
        return _ran(notebook, python, jobs, began)
    except Refused as refusal:
        errors = [one for one in refusal.findings if one.severity is Severity.ERROR]
        return Seen("refused", codes=tuple(sorted({e.code for e in errors})), message=str(refusal))
    except NbflowError as error:
        return Seen("stopped", message=f"{type(error).__name__}: {error}")
    except Exception:
        # A benchmark of crashes must live through them.
        return Seen("crashed", message=traceback.format_exc())


def _ran(notebook: Path, python: str | None, jobs: int | None, began: float) -> Seen:
    record = run(str(notebook), python=python, jobs=jobs, fingerprint=True)
    seconds = time.perf_counter() - began
    return replace(seen_of(record, read(str(notebook))), seconds=seconds)


def main() -> None:
    notebook, python, out = sys.argv[1:4]
    jobs = int(sys.argv[4]) if len(sys.argv) > 4 else None
    write(pipeline(Path(notebook), python or None, jobs), Path(out))


if __name__ == "__main__":
    main()
