"""What a notebook's ``steps_defaults`` mean for the pods that a target adds to those of the steps.

They hand on code and files. Where a cluster lets no pod in without a toleration, a secret for its images, an
account or limits, they need these as much as steps do; devices, volumes and secrets they do not.
"""

from __future__ import annotations

from nbflow.model import Pipeline, Resources


def own_pods(pipeline: Pipeline) -> Resources:
    """What such a pod asks for."""
    all_steps = pipeline.metadata.defaults
    return Resources(
        limits=_plain(all_steps.limits),
        requests=_plain(all_steps.requests),
        annotations=all_steps.annotations,
        labels=all_steps.labels,
        node_selector=all_steps.node_selector,
        tolerations=all_steps.tolerations,
        pull_secrets=all_steps.pull_secrets,
        service_account=all_steps.service_account,
        run_as=all_steps.run_as,
        retry=all_steps.retry,
        backoff=all_steps.backoff,
    )


def _plain(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The amounts of all but devices."""
    return tuple(pair for pair in pairs if "/" not in pair[0])
