"""The OpenAPI document of the server, written to standard output: ``python -m nbflow.server``."""

from __future__ import annotations

import json
import sys

from nbflow.server.routes import document

if __name__ == "__main__":
    json.dump(document(), sys.stdout, indent=2)
    sys.stdout.write("\n")
