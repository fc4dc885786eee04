"""A pipeline as a plain Python module: a function a step, for those who leave notebooks behind.

``problems`` says where a function cannot mean what the cells mean; where there is none, ``module`` writes it.
"""

from __future__ import annotations

from nbflow.codegen.python.module import module
from nbflow.codegen.python.problems import Problem, problems

__all__ = ["Problem", "module", "problems"]
