"""See ``nbflow.wording.words``, where this is."""

from nbflow.wording.words import *  # noqa: F403
