"""Notebooks that benchmarks are made of."""

from __future__ import annotations

from collections.abc import Iterable


def notebook(cells: Iterable[tuple[str, str]]) -> dict[str, object]:
    """A notebook of code cells: pairs of tags, with spaces between, and source."""
    found = [
        {
            "cell_type": "code",
            "id": f"c{number}",
            "metadata": {"tags": tags.split()},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for number, (tags, source) in enumerate(cells)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {"cells": found, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
