"""Tensors, modules and optimizers: what shares memory goes on sharing it, and training goes on."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest
from trips import Notebook, digest, loaded

from nbflow.runtime import live, meaning, pickling

torch = pytest.importorskip("torch", reason="torch is too large for the project's own environment")
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(autouse=True)
def fresh() -> None:
    """No notebook is alive but the test's own."""
    live.begin({}, "test")


TENSORS = {
    "numbers": lambda: torch.arange(6.0).reshape(2, 3),
    "large": lambda: torch.arange(1 << 19, dtype=torch.float32),
    "scalar": lambda: torch.tensor(3.0),
    "empty": lambda: torch.zeros(0, 3),
    "transposed": lambda: torch.arange(6).reshape(2, 3).T,
    "part": lambda: torch.arange(12)[3:9:2],
    "expanded": lambda: torch.ones(1).expand(5),
    "bfloat16": lambda: torch.ones(3, dtype=torch.bfloat16),
    "conjugated": lambda: torch.tensor([1 + 2j]).conj(),
    "with gradient wanted": lambda: torch.ones(3, requires_grad=True),
    "parameter": lambda: torch.nn.Parameter(torch.ones(2), requires_grad=False),
    "sparse": lambda: torch.tensor([0.0, 1.0]).to_sparse(),
    "sparse with gradient wanted": lambda: torch.ones(2).to_sparse().requires_grad_(),
    "compressed": lambda: torch.ones(2, 2).to_sparse_csr(),
    "quantised": lambda: torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.quint8),
    "on no device": lambda: torch.empty(3, device="meta"),
    "generator": lambda: torch.Generator().manual_seed(3).get_state(),
}


@pytest.mark.parametrize("make", TENSORS.values(), ids=TENSORS)
def test_round_trip(make: Any, tmp_path: Path) -> None:
    value = make()
    found: Any = loaded(value, tmp_path)
    seen = [
        (type(t), t.dtype, t.shape, t.layout, t.device, t.requires_grad) for t in (value, found)
    ]
    assert seen[0] == seen[1]
    assert meaning.fingerprint(found) == meaning.fingerprint(value)
    if value.layout is torch.strided:
        assert found.stride() == value.stride()
    once_more: Any = loaded(found, tmp_path)
    assert (
        digest(loaded(value, tmp_path)) == digest(once_more)
        or value.is_quantized
        or value.is_conj()
    )


def test_gradient_hooks_and_attributes_come_along(tmp_path: Path) -> None:
    value = torch.ones(2, requires_grad=True)
    (value * 3).sum().backward()
    value.register_hook(abs)
    value.label = "weights"
    found: Any = loaded(value, tmp_path)
    assert (found.grad.tolist(), found.label) == ([3.0, 3.0], "weights")
    (found * -2).sum().backward()
    assert found.grad.tolist() == [5.0, 5.0]


def test_a_small_part_does_not_take_its_storage_along() -> None:
    assert pickling.dump(torch.zeros(1 << 20)[5:8]).payload.nbytes < 1_000


def test_large_tensors_are_mapped_small_ones_can_grow(tmp_path: Path) -> None:
    small: Any = loaded(torch.ones(3), tmp_path)
    large: Any = loaded(torch.ones(1 << 19), tmp_path)
    assert (small.untyped_storage().resizable(), large.untyped_storage().resizable()) == (
        True,
        False,
    )
    large += 1
    again: Any = loaded(torch.ones(1 << 19), tmp_path)
    assert again[0] == 1


def test_a_device_that_is_not_there_is_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    value = torch.ones(3)
    value.untyped_storage()._nbflow_device = "cuda:7"
    assert digest(value) != digest(torch.ones(3))
    found: Any = loaded(value, tmp_path)
    assert (str(found.device), digest(found)) == ("cpu", digest(value))


#: What a first step makes, what a second does, and what is true then.
STEPS = {
    "views": (
        "x = torch.arange(12.).reshape(3, 4)\nrow, turned = x[1], x.T",
        "row[0] = 99",
        "x[1, 0] == turned[0, 1] == row[0] == 99",
    ),
    "small parts of one storage": (
        "big = torch.zeros(1 << 20)\nxs = [big[5:8], big[6:9]]\ndel big",
        "xs[1][0] = 5",
        "xs[0][1] == 5",
    ),
    "a part and the whole": ("x = torch.zeros(1 << 20)\npart = x[:3]", "part[0] = 7", "x[0] == 7"),
    "tensor of an array": ("a = np.zeros(5)\nt = torch.from_numpy(a)", "a[0] = 5", "t[0] == 5"),
    "tensor of a part": (
        "a = np.zeros(1 << 20)\nt = torch.from_numpy(a[7:9])",
        "a[7] = 5",
        "t[0] == 5",
    ),
    "array of a tensor": ("t = torch.zeros(6)\na = t[2:].numpy()", "a[0] = 3", "t[2] == 3"),
    "array and tensor in one": (
        "d = {'a': np.zeros(3)}\nd['t'] = torch.from_numpy(d['a'])",
        "d['t'][0] = 4",
        "d['a'][0] == 4",
    ),
    "array of a parameter": (
        "m = nn.Linear(2, 2)\nw = m.weight.detach().numpy()",
        "w[:] = 3",
        "(m.weight == 3).all()",
    ),
    "tied weights": (
        "m = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])\nm[1].weight = m[0].weight",
        "with torch.no_grad(): m[0].weight.fill_(2)",
        "m[1].weight is m[0].weight and (m[1].weight == 2).all()",
    ),
    "optimizer": (
        "m = nn.Linear(3, 1)\nopt = torch.optim.Adam(m.parameters())\n"
        "m(torch.ones(2, 3)).sum().backward()\nbefore = m.weight.detach().clone()",
        "opt.step()",
        "(m.weight != before).all() and opt.param_groups[0]['params'][0] is m.weight",
    ),
    "momentum": (
        "m = nn.Linear(3, 1)\nopt = torch.optim.SGD(m.parameters(), 0.1, momentum=0.9)\n"
        "m(torch.ones(2, 3)).sum().backward()\nopt.step()",
        "opt.step()",
        "opt.state[m.weight]['momentum_buffer'].shape == m.weight.shape",
    ),
    "scheduler before its first step": (
        "m = nn.Linear(3, 1)\nopt = torch.optim.SGD(m.parameters(), 0.1)\n"
        "plan = torch.optim.lr_scheduler.StepLR(opt, 1, 0.5)",
        "m(torch.ones(2, 3)).sum().backward()\nopt.step()\nplan.step()",
        "opt.param_groups[0]['lr'] == 0.05",
    ),
    "hooks of an optimizer": (
        "m = nn.Linear(1, 1)\nopt = torch.optim.SGD(m.parameters(), 0.1)\ncalls = []\n"
        "opt.register_step_post_hook(lambda *a: calls.append(1))",
        "opt.step()",
        "calls == [1]",
    ),
    "class of the notebook": (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.first = nn.Linear(2, 2)\n        self.register_buffer('seen', torch.zeros(1))\n"
        "    def forward(self, x):\n        self.seen += 1\n        return self.first(x)\n"
        "net = Net()\nx = net(torch.ones(2)).detach()",
        "y = net(torch.ones(2)).detach()",
        "isinstance(net, Net) and net.seen == 2 and torch.equal(x, y)",
    ),
    "mode of a module": ("m = nn.Dropout().eval()", "pass", "not m.training"),
    "result of a computation": (
        "w = torch.ones(2, requires_grad=True)\nloss = (w * 2).sum()\ntext = repr(loss)",
        "loss = loss",
        "repr(loss) == text and not loss.is_leaf and loss.item() == 4",
    ),
}


@pytest.mark.parametrize(("made", "changed", "true"), STEPS.values(), ids=STEPS)
def test_steps(made: str, changed: str, true: str, tmp_path: Path) -> None:
    imports = "import numpy as np, torch\nfrom torch import nn\n"
    notebook = Notebook(tmp_path)
    notebook.step(imports + made)
    assert notebook.refused == {}
    notebook.step("other = 1")
    assert notebook.written == {"other"}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        notebook.step(changed)
    space: dict[str, Any] = dict(notebook.step("other = 2"))
    assert eval(true, space)


def test_going_back_into_another_step_is_an_error(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    notebook.step("import torch\nw = torch.ones(2, requires_grad=True)\nloss = (w * 2).sum()")
    with pytest.raises(RuntimeError, match="computed in an earlier step"):
        notebook.step("loss.backward()")


def test_parameters_and_what_trains_them_travel_together(tmp_path: Path) -> None:
    notebook = Notebook(tmp_path)
    notebook.step(
        "import torch\nm = torch.nn.Linear(1, 1)\nopt = torch.optim.Adam(m.parameters())\n"
        "x = torch.ones(3)"
    )
    assert notebook.versions["m"] == notebook.versions["opt"] != notebook.versions["x"]
