"""What the tests of the client of Kubeflow Pipelines order, and how little they wait."""

from __future__ import annotations

from typing import Any

import yaml
from kfp_server import KfpServer

from nbflow.engines.kfp import Patience, engine
from nbflow.engines.remote import Engine, Order, Status
from nbflow.profiles import KfpProfile

#: Waits that end at once, limits that a busy machine keeps to.
QUICK = Patience(
    connect=10, silence=20, whole=60, first=0.001, growth=1.5, most=0.02, repeat=20, outage=20
)
#: The same, where a limit is to be reached.
HASTY = Patience(
    connect=10, silence=0.2, whole=0.5, first=0.001, growth=2, most=0.02, repeat=0.2, outage=0.2
)
#: ``prepare`` before ``load``, then ``left`` beside ``right``, which may be tried three times.
SPEC: dict[str, Any] = {
    "pipelineInfo": {"name": "churn"},
    "root": {
        "inputDefinitions": {
            "parameters": {
                "n": {"parameterType": "NUMBER_INTEGER", "defaultValue": 1.0},
                "rate": {"parameterType": "NUMBER_DOUBLE", "defaultValue": 0.5},
                "name": {"parameterType": "STRING", "defaultValue": "a"},
                "quick": {"parameterType": "BOOLEAN", "defaultValue": False},
                "parts": {"parameterType": "LIST", "defaultValue": []},
                "more": {"parameterType": "STRUCT", "isOptional": True},
            }
        },
        "dag": {
            "tasks": {
                "prepare": {},
                "load": {"dependentTasks": ["prepare"]},
                "left": {"dependentTasks": ["load"]},
                "right": {"dependentTasks": ["load"], "retryPolicy": {"maxRetryCount": 2}},
            }
        },
    },
}
MANIFEST = yaml.safe_dump(SPEC)


def order(run: str = "churn-1", manifest: str = MANIFEST, **arguments: Any) -> Order:
    """An order of the pipeline above."""
    return Order(manifest, "churn", run, arguments)


def client(server: KfpServer, patience: Patience = QUICK, **settings: Any) -> Engine:
    """The engine that leads to a server."""
    return engine(KfpProfile("lab", server.url, **settings), patience)


def words(status: Status) -> dict[str, str]:
    """The states of the tasks, by their names."""
    return {name: task.state.value for name, task in status.tasks.items()}
