"""What a case shows in Jupyter.

The kernel's client lives in a process of its own, so that what it leaves open is no concern of pytest.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from flowcases import FlowCase, cases_of

_CLIENT = Path(__file__).with_name("kernel_client.py")


def in_jupyter(case: FlowCase, folder: Path) -> tuple[str, bool]:
    """What the case shows in a kernel started in ``folder``, and whether it ran to its end."""
    number = [other.title for other in cases_of(case.file)].index(case.title)
    command = [sys.executable, "-W", "ignore", str(_CLIENT), case.file, str(number), str(folder)]
    for _ in range(3):  # a kernel does not start where another one takes its port just before
        # To a file: worker processes that outlive the kernel would hold a pipe open.
        with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
            done = subprocess.run(command, stdout=out, stderr=errors, timeout=100, check=False)
            out.seek(0)
            errors.seek(0)
            said, complaint = out.read(), errors.read()
        if done.returncode == 0:
            text, ended = json.loads(said)
            return text, ended
    raise RuntimeError(complaint)
