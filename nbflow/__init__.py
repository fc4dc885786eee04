"""nbflow turns a Jupyter notebook into a pipeline and runs it."""

__version__ = "0.1.0"
