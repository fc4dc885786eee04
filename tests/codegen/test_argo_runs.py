"""Manifests for Argo Workflows, run pod by pod: they show what the local engine shows."""

from __future__ import annotations

import json
import random
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import called_notebooks
import cluster
import IPython
import pytest
from cluster import Cluster, Pod
from manifests import Cells, assembly, code, options, text, written

from nbflow.codegen import argo, carried
from nbflow.model import StepName
from nbflow.service.run import run

ROOT = Path(__file__).parent.parent.parent

#: Notebooks, and what they are called: each shows what it is about.
NOTEBOOKS: Mapping[str, Cells] = {
    "linear": (
        ("imports", "import math"),
        ("step:a", "x = 2\nprint('a', x)"),
        ("step:b", "y = math.sqrt(x * 8)\ny"),
        ("step:c", "print('c', x + y)"),
    ),
    "diamond": (
        ("step:top", "n = [1, 2]"),
        ("step:left", "l = n + [3]\nprint(l)"),
        ("step:right", "r = [0] + n\nprint(r)"),
        ("step:end", "print(l, r, n)"),
    ),
    "aliases and mutation": (
        ("step:a", "a = [1]\nb = a\nboth = {'a': a, 'b': b}"),
        ("step:b", "b.append(2)\nboth['b'].append(3)"),
        ("step:c", "print(a, both['a'] is both['b'], a is b)"),
    ),
    "classes and functions": (
        ("functions", "def twice(x):\n    return 2 * x + offset"),
        ("step:a", "offset = 1\nclass P:\n    def __init__(self, v):\n        self.v = v"),
        ("step:b", "p = P(twice(3))"),
        ("step:c", "print(isinstance(p, P), p.v, type(p).__name__)"),
    ),
    "ambient state": (
        ("imports", "import os, random"),
        ("step:a", "random.seed(3)\nos.environ['COLOUR'] = 'red'\nrandom.random()"),
        ("step:b", "print(random.random(), os.environ['COLOUR'])\nos.environ['COLOUR'] += '!'"),
        ("step:c", "print(random.random(), os.environ['COLOUR'])"),
    ),
    "files": (
        ("step:a", "with open('made.txt', 'w') as f:\n    f.write('hello')"),
        ("step:b", "print(open('made.txt').read())"),
    ),
    "a variable that is not always bound": (
        ("step:a", "if 1 > 2:\n    z = 1\nprint('a')"),
        ("step:b", "try:\n    print(z)\nexcept NameError as e:\n    print(e)"),
    ),
    "texts of all kinds": (
        (
            "step:Ünïcode 1",
            'q = "\\\'\\"{{workflow.uid}} {{=1+1}} $(HOME) $$ {% raw %} {x} é 漢 🎈"',
        ),
        ("step:ünïcode-1", "print(q)\nprint('''\\\\ \"\"\" \t{{inputs.parameters.q}} #''')"),
        ("step:state", "state = report = metrics = runtime = order = q[:1]"),
        ("step:end", "print(state + report + metrics + runtime + order)"),
    ),
    "parameters": (
        (
            "pipeline-parameters",
            "n = 3\nrate = 1.0\nname = '{{workflow.name}} $(HOME) $$ \"é\"'\nflag = True\n"
            "many = [1, '{{x}}']\nkeyed = {'a': {'b': None}}\nnothing = None\nα = 'greek'\nm = 2 * n",
        ),
        ("step:a", "print(n + m, rate, name, flag is True)"),
        ("step:b", "print(many, keyed, nothing, α)"),
    ),
    "arrays": (
        ("imports", "import numpy as np"),
        ("step:a", "big = np.arange(300_000).reshape(1000, 300)\nview = big[5:10]"),
        ("step:b", "view[:] = 7\nprint(big[5:7, :3].tolist(), big.sum())"),
    ),
}


def shown(path: Path, parameters: Mapping[str, str] | None = None) -> str:
    """What the local engine gives: text and results."""
    record = run(str(path), parameters=parameters)
    assert record.state == "done"
    return "".join(
        str(output["text"]) if output["output_type"] == "stream" else _plain(output)
        for outputs in record.outputs.values()
        for output in outputs
    )


def _plain(output: Mapping[str, object]) -> str:
    data = output["data"]
    assert isinstance(data, Mapping)
    return f"{data['text/plain']}\n"


def told(pods: Mapping[str, Pod]) -> str:
    """What the pods have shown, in the order of the manifest."""
    assert {name: pod.stderr for name, pod in pods.items() if pod.code} == {}
    return "".join(pod.stdout for pod in pods.values())


def ran(
    path: Path, folder: Path, parameters: Mapping[str, str] | None = None, **more: Any
) -> dict[str, Pod]:
    """The pods of a run; ``more`` are options of the manifest."""
    cluster.required()
    return Cluster(folder / "pods").submit(text(path, **more), parameters)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_shows_what_the_local_engine_shows(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, NOTEBOOKS[name])
    assert told(ran(path, tmp_path)) == shown(path)


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        *(
            pytest.param(n, marks=pytest.mark.slow)
            for n in ("digits", "churn", "text", "timeseries")
        ),
    ],
)
def test_examples_show_what_the_local_engine_shows(name: str, tmp_path: Path) -> None:
    path = ROOT / "notebooks" / f"{name}.ipynb"
    data = {f"data/{each.name}": each.read_bytes() for each in path.parent.glob("data/*.csv")}
    steps = frozenset(each.step.name for each in assembly(path).components)
    pods = ran(path, tmp_path, files=carried.packed(data), reading=steps)
    assert lasting(told(pods)) == lasting(shown(path))


def lasting(text: str) -> str:
    """The text without what ``%time`` has measured and what a terminal puts at the end of a line."""
    lines = text.replace("\r\n", "\n").splitlines()
    return "\n".join(line for line in lines if not line.startswith(("CPU times:", "Wall time:")))


def test_a_called_notebook_shows_what_the_local_engine_shows(tmp_path: Path) -> None:
    call = 'notebook:train notebook_path=sub/train.ipynb notebook_parameters={"k":3}'
    train: Sequence[tuple[str, str]] = (
        ("parameters", "n = 1\nk = 1"),
        ("step:a", "data.append(n)\nopen('made.txt', 'w').write('made')\nprint(data, k)"),
        ("step:b", "model = (data, open('made.txt').read())"),
        ("pipeline-metrics", "print(k)"),
    )
    called_notebooks.write(tmp_path / "sub" / "train.ipynb", tuple(train))
    main: Sequence[tuple[str, str]] = (
        ("parameters", "n = 2"),
        ("step:a", "data = [0]"),
        (call, ""),
        ("step:b", "print(model, open('sub/made.txt').read(), data)"),
    )
    path = called_notebooks.write(tmp_path / "main.ipynb", tuple(main))
    pods = ran(path, tmp_path, {"n": "5"})
    assert sorted(told(pods).splitlines()) == sorted(shown(path, {"n": "5"}).splitlines())
    assert "[0, 5] 3" in told(pods)
    assert {"train", "train-a", "train-b", "train-pipeline-metrics"} < pods.keys()


def test_parameters_may_be_given_as_text_or_as_json(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        (
            ("parameters", "n = 1\nname = 'a'\nmany = []\nmaybe: int = None"),
            ("step:a", "print(n, repr(name), many, maybe)"),
        ),
    )
    given = {"n": "5", "name": "5", "many": '["x"]', "maybe": "7"}
    assert told(ran(path, tmp_path, given)) == "5 '5' ['x'] 7\n"


def test_values_that_do_not_fit_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, (("parameters", "n = 1"), ("step:a", "print(n)")))
    pod = ran(path, tmp_path, {"n": "__import__('os')"})["a"]
    assert pod.code == 1
    assert "the parameter `n` is of type int, `__import__('os')` does not fit" in pod.stderr


def test_a_value_is_data_whatever_it_holds(tmp_path: Path) -> None:
    path = written(tmp_path, (("parameters", "name = 'a'"), ("step:a", "print(name)")))
    odd = "'); import os; os._exit(9) #\n{{workflow.uid}} $(PATH) $$ \\u0041 \"🎈"
    assert told(ran(path, tmp_path, {"name": argo.value(odd)})) == f"{odd}\n"


def test_metrics_and_reports_are_left(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        (
            ("step:a", "import math\nloss = math.sqrt(4)\nloss"),
            ("step:b, report:disabled", "print(loss)"),
            ("pipeline-metrics", "print(loss)"),
        ),
    )
    pods = ran(path, tmp_path)
    assert json.loads(pods["a"].parameters["metrics"]) == {"loss": 2.0}
    assert "2.0" in pods["a"].artifacts["report"].read_text(encoding="utf-8")
    assert "report" not in pods["b"].artifacts


def test_images_need_no_root(tmp_path: Path) -> None:
    cluster.required()
    packages = str(Path(IPython.__file__).parent.parent)
    nobody = Cluster(tmp_path / "pods", python="/usr/bin/python3", user=65534)
    script = "import sys, IPython; assert sys.version_info >= (3, 9)"
    if not nobody.can(script, {"PYTHONPATH": packages}):
        pytest.skip("needs a /usr/bin/python3 of version 3.9 or newer that can read IPython here")
    first, *others = NOTEBOOKS["ambient state"]
    cells = [(f"{tags}, env:PYTHONPATH:{packages}", source) for tags, source in others]
    path = written(tmp_path, (first, *cells))
    assert told(nobody.submit(text(path))) == shown(path)


def test_a_failing_cell_is_told_with_its_line_and_leaves_a_report(tmp_path: Path) -> None:
    path = written(
        tmp_path, (("step:a", "x = 1"), ("step:b", "print(x)\n1 / 0"), ("step:c", "print(x)"))
    )
    pods = ran(path, tmp_path)
    assert (pods["b"].code, pods["b"].stdout) == (1, "1\n")
    assert (
        pods["b"].stderr.splitlines()[-1] == "cell 2, line 2: ZeroDivisionError: division by zero"
    )
    assert "ZeroDivisionError" in pods["b"].artifacts["report"].read_text(encoding="utf-8")


def test_a_step_that_fails_is_tried_again(tmp_path: Path) -> None:
    source = (
        "import os\nseen = len(os.listdir('/tmp/shared'))\n"
        "open(f'/tmp/shared/{seen}', 'w').close()\nassert seen == 2\nprint('third')"
    )
    path = written(tmp_path, (("step:a, retry:3, volume:shared:/tmp/shared", source),))
    pods = ran(path, tmp_path)
    assert (pods["a"].stdout, pods["a"].tries) == ("third\n", 3)


def test_a_step_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = written(tmp_path, (("step:a, timeout:2s", "import time\nprint('on')\ntime.sleep(99)"),))
    pods = ran(path, tmp_path)
    assert (pods["a"].stdout, pods["a"].code) == ("on\n", -9)


def test_settings_of_the_environment_arrive(tmp_path: Path) -> None:
    tags = "step:a, env:A:$(PATH) $$ {x}, env:B:{{workflow.uid}}, secret:store:key:PASSWORD"
    source = (
        "import os\nprint(*(os.environ[n] for n in ('A', 'B', 'PASSWORD')))\n"
        "print([n for n in os.environ if 'NBFLOW' in n])"
    )
    path = written(tmp_path, ((tags, source),))
    cluster.required()
    place = Cluster(tmp_path / "pods", secrets={"store": {"key": "hush"}})
    assert told(place.submit(text(path))) == "$(PATH) $$ {x} {{workflow.uid}} hush\n[]\n"


def test_secrets_config_maps_and_shared_memory_are_there(tmp_path: Path) -> None:
    cluster.required()
    packages = str(Path(IPython.__file__).parent.parent)
    place = Cluster(
        tmp_path / "pods",
        python="/usr/bin/python3",
        secrets={"store": {"key": "hush"}},
        configs={"app": {"log.level": "debug"}},
    )
    script = "import sys, IPython; assert sys.version_info >= (3, 9)"
    nobody = Cluster(tmp_path, python="/usr/bin/python3", user=65534)
    if not nobody.can(script, {"PYTHONPATH": packages}):
        pytest.skip("needs a /usr/bin/python3 of version 3.9 or newer that can read IPython here")
    tags = (
        "step:a, configmap:app:log.level:LEVEL, secret:store:key:PASSWORD, run-as:65534:65533, "
        "secret-volume:store:/tmp/store, configmap-volume:app:/tmp/app, shm:1Gi, "
        f"env:PYTHONPATH:{packages}"
    )
    source = (
        "import os, pathlib\n"
        "print(os.environ['LEVEL'], os.environ['PASSWORD'], os.getuid(), os.getgid())\n"
        "print(*(pathlib.Path(f'/tmp/{name}').read_text() for name in ('store/key', 'app/log.level')))\n"
        "print(os.listdir('/dev/shm'), pathlib.Path('/dev/shm/own').write_text('x'))"
    )
    path = written(tmp_path, ((tags, source),))
    assert told(place.submit(text(path))) == "debug hush 65534 65533\nhush debug\n[] 1\n"


def test_generators_begin_as_the_run_says(tmp_path: Path) -> None:
    path = written(tmp_path, (("step:a", "import random\nprint(random.random())"),))
    cluster.required()
    seen = [
        told(Cluster(tmp_path / f"pods-{number}", uid=uid).submit(text(path)))
        for number, uid in enumerate(("one", "one", "two"))
    ]
    assert (seen[0] == seen[1], seen[0] == seen[2]) == (True, False)


def test_files_travel_to_the_steps_that_read_them(tmp_path: Path) -> None:
    source = "import os\nprint(sorted(os.listdir('.')), open('a.txt').read())"
    path = written(
        tmp_path, (("step:a", source), ("step:b", "import os\nprint(os.path.exists('a.txt'))"))
    )
    text_of_files = carried.packed({"a.txt": b"A"})
    pods = ran(path, tmp_path, files=text_of_files, reading=frozenset({StepName("a")}))
    assert [pods[name].stdout for name in "ab"] == ["['a.txt'] A\n", "False\n"]


def test_a_long_order_is_an_artifact(tmp_path: Path) -> None:
    noise = random.Random(1).randbytes(150_000)
    source = f"import zlib\nprint(zlib.crc32(bytes.fromhex('{noise.hex()}')))"
    path = written(tmp_path, (("step:a", source),))
    found = argo.files(assembly(path), code(), options(path))[argo.MANIFEST]
    assert '"@/tmp/nbflow-in/order"' in found
    cluster.required()
    assert told(Cluster(tmp_path / "pods").submit(found)) == f"{zlib.crc32(noise)}\n"


def test_a_distribution_that_is_missing_is_installed_for_the_step(tmp_path: Path) -> None:
    name = "nbflow_test_wheel"
    wheels = tmp_path / "pods" / "claims" / "wheels"
    wheels.mkdir(parents=True)
    with zipfile.ZipFile(wheels / f"{name}-1.5-py3-none-any.whl", "w") as wheel:
        about = f"{name}-1.5.dist-info"
        wheel.writestr(f"{name}.py", "value = 42\n")
        wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.5\n")
        wheel.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{about}/RECORD", "")
    tags = "step:a, volume:wheels:/tmp/wheels, env:PIP_FIND_LINKS:/tmp/wheels, env:PIP_NO_INDEX:1"
    path = written(tmp_path, ((tags, f"import {name} as it\nprint(it.value, it.__file__)"),))
    pods = ran(path, tmp_path, requirements={StepName("a"): (f"{name}==1.5",)})
    assert told(pods) == f"42 /tmp/nbflow-packages/{name}.py\n"


def test_distributions_that_are_there_are_left_alone_and_others_are_told(tmp_path: Path) -> None:
    import cloudpickle  # noqa: PLC0415  # its version is what the test is about

    path = written(tmp_path, (("step:a", "print('a')"),))
    cluster.required()
    for number, (pin, error) in enumerate(
        ((f"cloudpickle=={cloudpickle.__version__}", ""), ("nbflow-has-no-such==1", "could not be"))
    ):
        found = text(path, requirements={StepName("a"): (pin,)})
        found = found.replace("env:", "env:\n      - name: PIP_NO_INDEX\n        value: '1'")
        pod = Cluster(tmp_path / f"pods-{number}").submit(found)["a"]
        assert (pod.code, error in pod.stderr) == (1 if error else 0, True), pod.stderr
