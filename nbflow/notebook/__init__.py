"""Reads and writes notebooks; the only package that knows their file format.

Nothing here runs a cell, and nothing writes to the notebook that was read except ``apply_tags`` and
``write_sources``.
"""

from __future__ import annotations

from nbflow.notebook.addresses import fetched, folder_of, is_address, known_as, store_place
from nbflow.notebook.executed import write_executed
from nbflow.notebook.reading import derived_ids, parse, read
from nbflow.notebook.sources import write_sources
from nbflow.notebook.tagging import apply_tags

__all__ = [
    "apply_tags",
    "derived_ids",
    "fetched",
    "folder_of",
    "is_address",
    "known_as",
    "parse",
    "read",
    "store_place",
    "write_executed",
    "write_sources",
]
