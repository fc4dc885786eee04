"""See ``nbflow.wording.progress``, where this is."""

from nbflow.wording.progress import *  # noqa: F403
