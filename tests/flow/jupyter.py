"""What a case shows in Jupyter.

The kernels' client lives in a process of its own, so that what it leaves open is no concern of pytest.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

from flowcases import FlowCase, cases_of

_CLIENT = Path(__file__).with_name("kernel_client.py")
#: How many seconds a case may take.
_PATIENCE = 100


class Jupyter:
    """Runs cases in kernels, one after the other, until it is left."""

    def __init__(self) -> None:
        # To a file: worker processes that outlive a kernel would hold a pipe open.
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115  # closed at the end
        self._client = self._started()

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", str(_CLIENT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=os.environ,
            text=True,
            bufsize=1,
            start_new_session=True,
        )

    def shows(self, case: FlowCase, folder: Path) -> tuple[str, bool]:
        """What the case shows in a kernel started in ``folder``, and whether it ran to its end."""
        if self._client.poll() is not None:
            self._client = self._started()
        assert self._client.stdin is not None
        assert self._client.stdout is not None
        number = [other.title for other in cases_of(case.file)].index(case.title)
        self._client.stdin.write(json.dumps([case.file, number, str(folder)]) + "\n")
        told, _, _ = select.select([self._client.stdout], [], [], _PATIENCE)
        line = self._client.stdout.readline() if told else ""
        if not line:
            os.killpg(self._client.pid, signal.SIGKILL)  # kernels end with it
            self._client.communicate()
        text, ended, fault = json.loads(line or '["", false, "no answer"]')
        if fault:
            self._errors.seek(0)
            raise RuntimeError(f"{fault}\n{self._errors.read()[-3000:]}")
        return text, ended

    def __enter__(self) -> Jupyter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.communicate()
        self._errors.close()
