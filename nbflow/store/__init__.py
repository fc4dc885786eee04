"""The run store: what ran, with which parameters, steps, outputs and versions of variables."""

from nbflow.store.batches import BatchRecord, BatchRow, MemberRecord
from nbflow.store.database import Store
from nbflow.store.records import (
    CellRecord,
    Figures,
    FindingRecord,
    RemoteRecord,
    ResultRecord,
    RunRecord,
    RunRow,
    StepRecord,
    VariableRecord,
)

__all__ = [
    "BatchRecord",
    "BatchRow",
    "CellRecord",
    "Figures",
    "FindingRecord",
    "MemberRecord",
    "RemoteRecord",
    "ResultRecord",
    "RunRecord",
    "RunRow",
    "StepRecord",
    "Store",
    "VariableRecord",
]
