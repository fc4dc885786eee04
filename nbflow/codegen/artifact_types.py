"""The type of an artifact in Kubeflow Pipelines, by the type of the value that a run has seen in it."""

from __future__ import annotations

from typing import Final

ARTIFACT: Final = "Artifact"
_DATASETS: Final = (
    "dask.dataframe.", "datasets.", "geopandas.", "numpy.ndarray", "pandas.", "polars.",
    "pyarrow.Table", "pyarrow.lib.Table", "scipy.sparse.", "torch.utils.data.", "xarray.",
    "xgboost.core.DMatrix", "lightgbm.basic.Dataset", "catboost.core.Pool",
)  # fmt: skip
_MODELS: Final = (
    "catboost.", "keras.", "lightgbm.", "sklearn.", "statsmodels.", "tensorflow.keras.",
    "torch.nn.", "xgboost.",
)  # fmt: skip
#: What is in those libraries and is no model.
_OTHERS: Final = (
    "pandas.Index", "pandas.Interval", "pandas.Period", "pandas.Time", "pandas.core.groupby.",
    "pandas.core.indexes.", "pandas.io.", "sklearn.metrics.", "sklearn.model_selection._split.",
    "sklearn.utils.", "torch.nn.parameter.",
)  # fmt: skip


def artifact_type(type_name: str) -> str:
    """Dataset, Model or Artifact, for the dotted name of a value's type."""
    if type_name.startswith(_OTHERS):
        return ARTIFACT
    if type_name.startswith(_DATASETS):
        return "Dataset"
    return "Model" if type_name.startswith(_MODELS) else ARTIFACT
