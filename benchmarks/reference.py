"""What a notebook gives in Jupyter: all its code cells in order, in one fresh kernel.

Run as ``python reference.py NOTEBOOK PYTHON OUT.json``; PYTHON needs ipykernel, nothing of nbflow.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from observed import write

from nbflow.engines.kernel import in_kernel


def main() -> None:
    notebook, python, out = sys.argv[1:]
    path = Path(notebook)
    write(in_kernel(path, python, folder=path.parent, env=os.environ), Path(out))


if __name__ == "__main__":
    main()
