"""A notebook to a pipeline, its effects and its findings: pure, and without running any of it."""

from __future__ import annotations

from nbflow.analysis.layout import CellRole
from nbflow.analysis.result import Analysis, Options, Source
from nbflow.analysis.stages import analyse

__all__ = ["Analysis", "CellRole", "Options", "Source", "analyse"]
