"""The ids that Argo gives the nodes of a run, for the servers of tests.

``Workflow.NodeID`` in
https://github.com/argoproj/argo-workflows/blob/main/pkg/apis/workflow/v1alpha1/workflow_types.go.
"""

from __future__ import annotations


def node_hash(name: str) -> int:
    """FNV-1a of 32 bits of a node's full name."""
    found = 0x811C9DC5
    for each in name.encode():
        found = (found ^ each) * 0x01000193 & 0xFFFFFFFF
    return found


def node_id(workflow: str, name: str) -> str:
    """The id of a node with a full name."""
    return f"{workflow}-{node_hash(name)}"
