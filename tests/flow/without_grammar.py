"""Import this first, and jsonschema is imported in no time.

Where it finds rfc3987_syntax, as it does beside JupyterLab, it has that read a grammar of addresses: longer
than a kernel takes to start. A notebook's schema asks for no address.
"""

import sys

sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # as if it were not installed
