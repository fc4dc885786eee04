"""What a task has written: the log of its pod, or of one pod after the other where it was tried again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from nbflow.engines.argo import nodes, pods, runs, state
from nbflow.engines.argo.api import Api
from nbflow.engines.argo.asked import CORE, Asked, path
from nbflow.engines.argo.nodes import ENDED, Node, Task
from nbflow.engines.argo.pods import Pod
from nbflow.engines.argo.position import Position
from nbflow.engines.argo.troubles import ApiError
from nbflow.engines.remote import Handle, NoLogError
from nbflow.errors import EngineError


def written(api: Api, run: Handle, name: str, *, tries: bool) -> Iterator[str]:
    """What a task has written by now, in its last try or in all of them."""
    task = _task(api, run, name)
    if task is None:
        return
    there = {pods.node(pod): pod for pod in runs.pods_of(api, run)}
    for node in task.tries if tries else task.tries[-1:]:
        pod = there.get(str(node.get("id")))
        if pod is not None:
            yield from _read(api, run, pod)
        elif node.get("phase") in ENDED and not (tries and node is not task.last):
            raise _gone(run, task, node)


def followed(api: Api, run: Handle, name: str, *, tries: bool) -> Iterator[str]:
    """What a task writes, up to its end; from its last try on, or from the first."""
    task = _task(api, run, name)
    done = {_id(node) for node in task.tries[:-1]} if task and not tries else set()
    idle = 0
    while True:
        workflow = runs.fetched(api, run)
        task = nodes.tasks(workflow).get(name)
        over = state.ended(workflow) or (task is not None and task.node.get("phase") in ENDED)
        known = len(done)
        if task is not None:
            yield from _next(api, run, task, done, over=over)
        if over:
            return
        idle = idle + 1 if len(done) == known else 1
        api.pause(min(idle, 4))


def _next(api: Api, run: Handle, task: Task, done: set[str], *, over: bool) -> Iterator[str]:
    """What the tries have written that were not read to their end yet; ``done`` grows with it."""
    for node in task.tries:
        if _id(node) in done:
            continue
        pod = _pod(api, run, node)
        if pod is not None:
            yield from _follow(api, run, pod)
        elif node.get("phase") not in ENDED:
            return
        elif over and node is task.last:
            raise _gone(run, task, node)
        done.add(_id(node))


def _task(api: Api, run: Handle, name: str) -> Task | None:
    """A task; None where it has not begun.

    Raises:
        EngineError: the run has no such task, or where it stands is not known.
    """
    workflow = runs.fetched(api, run)
    if nodes.elsewhere(workflow):
        raise EngineError(state.status(workflow, {}).message)
    found = nodes.tasks(workflow).get(name)
    declared = nodes.declared(workflow)
    if found is None and name not in declared:
        raise EngineError(f"the run {run.name} has no task {name}: it has {', '.join(declared)}")
    return found


def _pod(api: Api, run: Handle, node: Node) -> Pod | None:
    there: Sequence[Pod] = runs.pods_of(api, run)
    return next((pod for pod in there if pods.node(pod) == _id(node)), None)


def _id(node: Node) -> str:
    return str(node.get("id"))


def _gone(run: Handle, task: Task, node: Node) -> NoLogError:
    outputs = (node.get("outputs") or {}).get("artifacts") or ()
    kept = [each for each in outputs if str(each.get("name", "")).endswith("-logs")]
    if kept:
        place = (kept[0].get("s3") or kept[0].get("gcs") or {}).get("key", "its artifact main-logs")
        where = f"Argo has kept it in its artifact repository: {place}"
    else:
        where = "Argo keeps logs where its `archiveLogs` is set"
    page = f" ({run.url})" if run.url else ""
    return NoLogError(
        f"the pod of the task {task.name} is gone, and its log with it; {where}{page}"
    )


def _asked(run: Handle, name: str, position: Position, *, follow: bool) -> Asked:
    query = {"container": pods.MAIN, "timestamps": "true"}
    if follow:
        query["follow"] = "true"
    if position.since:
        query["sinceTime"] = position.since
    where = path(CORE, run.namespace, "pods", name, "log")
    return Asked(f"read the log of the pod {name}", where, query=query)


def _read(api: Api, run: Handle, pod: Pod) -> Iterator[str]:
    position, failures = Position(), 0
    while True:
        asked = _asked(run, pods.name(pod), position, follow=False)
        try:
            for line in api.lines(asked, api.patience.answer):
                yield from position.new(line, last=True)
            return
        except ApiError as error:
            failures += 1
            if _not_begun(error):
                return
            if not error.passing or failures >= api.patience.tries:
                raise
            position.again()
            api.pause(failures, error.wait)


def _follow(api: Api, run: Handle, pod: Pod) -> Iterator[str]:
    position, failures, name = Position(), 0, pods.name(pod)
    while True:
        now = runs.pod(api, run, name)
        over = now is None or pods.ended(now)
        count = position.count
        try:
            asked = _asked(run, name, position, follow=True)
            for line in api.lines(asked, api.patience.quiet):
                yield from position.new(line, last=over)
            if over:
                return
        except ApiError as error:
            if now is None or (_not_begun(error) and over):
                return
            if not (error.lost or _not_begun(error) or error.code == 404):
                raise
        position.again()
        failures = failures + 1 if position.count == count else 1
        api.pause(min(failures, 4))


def _not_begun(error: ApiError) -> bool:
    return error.code == 400 and "waiting to start" in error.message
