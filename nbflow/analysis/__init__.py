"""A notebook to a pipeline, its effects and its findings: pure, and without running any of it."""

from __future__ import annotations

from nbflow.analysis.layout import CellRole
from nbflow.analysis.stages import Analysis, Options, analyse

__all__ = ["Analysis", "CellRole", "Options", "analyse"]
