"""See ``nbflow.wording.findings``, where this is."""

from nbflow.wording.findings import *  # noqa: F403
