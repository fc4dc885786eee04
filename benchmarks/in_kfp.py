"""What becomes of a notebook that is converted for Kubeflow Pipelines and run by the SDK's local runner.

Run as ``python in_kfp.py NOTEBOOK PYTHON OUT.json``. Steps are processes of this Python (``PYTHON`` is not
looked at) and install nothing. What a failed step said last is the message.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

from observed import write

from nbflow.diagnostics import Severity
from nbflow.engines.seen import Seen
from nbflow.service.convert import convert
from nbflow.service.refused import Refused

_RUNNER = Path(__file__).with_name("kfp_local.py")
#: As the runtime's exception is told in the log of a step.
_SENTENCE = re.compile(r"StepError: (.*)")


def in_kfp(notebook: Path) -> Seen:
    """What became of the notebook; findings and errors come back as words, never as exceptions."""
    try:
        with tempfile.TemporaryDirectory(prefix="in-kfp-") as folder:
            return _ran(notebook, Path(folder))
    except Refused as refusal:
        errors = [one for one in refusal.findings if one.severity is Severity.ERROR]
        return Seen("refused", codes=tuple(sorted({e.code for e in errors})), message=str(refusal))
    except Exception:
        # A benchmark of crashes must live through them.
        return Seen("crashed", message=traceback.format_exc())


def _ran(notebook: Path, folder: Path) -> Seen:
    made = convert(str(notebook), "kfp", output=str(folder / "made"), python=sys.executable)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", _RUNNER, folder / "root", made.folder / "pipeline.py"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    said = done.stdout + done.stderr
    told = _SENTENCE.findall(said)
    if told:  # "cell 3, line 1: NameError: ...", or why the step may not go on
        return Seen("failed" if told[0].startswith("cell ") else "stopped", message=told[0])
    return Seen("done") if done.returncode == 0 else Seen("crashed", message=said[-1000:])


def main() -> None:
    write(in_kfp(Path(sys.argv[1])), Path(sys.argv[3]))


if __name__ == "__main__":
    main()
