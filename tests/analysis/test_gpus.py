"""Code that asks for a GPU: each line of code against whether it needs one, takes one, or neither."""

from __future__ import annotations

import pytest

from nbflow.analysis.needs import needs_of
from nbflow.model import Cell, CellId, CellKind

#: It fails on a machine without a GPU.
NEEDED = [
    "model.cuda()",
    "x = x.cuda(0)",
    "model.to('cuda')",
    "model.to('cuda:1')",
    "model.to(device='cuda')",
    "model.to(torch.device('cuda'))",
    "torch.device('cuda')",
    "torch.device('cuda', 0)",
    "torch.device(f'cuda:{rank}')",
    "torch.zeros(3, device='cuda')",
    "torch.set_default_device('cuda')",
    "torch.cuda.set_device(0)",
    "torch.cuda.synchronize()",
    "torch.cuda.get_device_name(0)",
    "torch.cuda.current_device()",
    "torch.load('m.pt', map_location='cuda')",
    "assert torch.cuda.is_available()",
    "assert torch.cuda.is_available(), 'a GPU is needed'",
    "device = 'cuda'",
    "DEVICE = 'cuda:0'",
    "self.device = 'cuda'",
    "config['device'] = 'cuda'",
    "config = {'device': 'cuda', 'lr': 1}",
    "config = dict(device='cuda')",
    "import cupy",
    "import cupy as cp",
    "from cupyx.scipy import sparse",
    "import cudf",
    "from cuml.ensemble import RandomForestClassifier",
    "import rmm",
    "import pycuda.autoinit",
    "import tensorrt as trt",
    "from numba import cuda",
    "import numba.cuda",
    "jax.devices('gpu')",
    "jax.local_devices(backend='gpu')",
    "jax.jit(f, backend='gpu')",
    "jax.config.update('jax_platform_name', 'gpu')",
    "jax.config.update('jax_platforms', 'cuda')",
    "os.environ['JAX_PLATFORMS'] = 'cuda'",
    "with tf.device('/GPU:0'): pass",
    "with tf.device('GPU:0'): pass",
    "with tf.device('/device:GPU:1'): pass",
    "keras.layers.CuDNNLSTM(3)",
    "XGBClassifier(device='cuda')",
    "XGBClassifier(device='gpu')",
    "XGBClassifier(tree_method='gpu_hist')",
    "params = {'tree_method': 'gpu_hist'}",
    "params['tree_method'] = 'gpu_hist'",
    "params = {'predictor': 'gpu_predictor'}",
    "LGBMClassifier(device='gpu')",
    "LGBMClassifier(device_type='gpu')",
    "params = {'device_type': 'cuda'}",
    "CatBoostClassifier(task_type='GPU')",
    "Trainer(accelerator='gpu', devices=1)",
    "pl.Trainer(accelerator='cuda')",
    "Trainer(gpus=1)",
    "Trainer(gpus=-1)",
    "@ray.remote(num_gpus=1)\ndef f(): pass",
    "pipeline('text-generation', device=0)",
    "pipeline('text-generation', device='cuda')",
    "AutoModel.from_pretrained(name, device_map='cuda')",
    "AutoModel.from_pretrained(name, load_in_8bit=True)",
    "BitsAndBytesConfig(load_in_4bit=True)",
    "TrainingArguments(output_dir='o', fp16=True)",
    "SentenceTransformer(name, device='cuda')",
    "spacy.require_gpu()",
    "faiss.StandardGpuResources()",
    "faiss.index_cpu_to_gpu(res, 0, index)",
    "if True:\n    model.cuda()",
    "if epoch > 3:\n    model.cuda()",
    "try:\n    model.cuda()\nexcept KeyError:\n    pass",
]
#: It uses a GPU where there is one, and runs without.
TAKEN = [
    "device = 'cuda' if torch.cuda.is_available() else 'cpu'",
    "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')",
    "device = torch.device('cuda:0' if use_cuda else 'cpu')",
    "if torch.cuda.is_available():\n    model.cuda()",
    "if use_gpu:\n    model.cuda()",
    "if args.cuda:\n    model.cuda()",
    "if device == 'cuda':\n    model.to('cuda')",
    "if not has_cuda:\n    device = 'cpu'\nelse:\n    device = 'cuda'",
    "x = x.cuda() if args.cuda else x",
    "try:\n    model.cuda()\nexcept RuntimeError:\n    pass",
    "try:\n    model.cuda()\nexcept:\n    pass",
    "with torch.autocast('cuda'): pass",
    "with torch.autocast(device_type='cuda'): pass",
    "scaler = torch.amp.GradScaler('cuda')",
    "tf.distribute.MirroredStrategy(['GPU:0', 'GPU:1'])",
    "tf.distribute.MirroredStrategy(devices=['/gpu:0'])",
    "if tf.test.is_gpu_available():\n    device = '/gpu:0'",
    "if tf.config.list_physical_devices('GPU'):\n    with tf.device('/GPU:0'): pass",
    "import tensorflow as tf",
    "from tensorflow import keras",
    "import jax",
    "from jax import numpy",
    "import flax.linen as nn",
    "try:\n    import cupy\nexcept ImportError:\n    cupy = None",
    "AutoModel.from_pretrained(name, device_map='auto')",
    "spacy.prefer_gpu()",
    "%load_ext cudf.pandas",
    "%load_ext cuml.accel",
]
#: It has nothing to do with a GPU.
NOTHING = [
    "model.to('cpu')",
    "device = 'cpu'",
    "device = torch.device('cpu')",
    "torch.load('m.pt', map_location='cpu')",
    "torch.zeros(3, device=device)",
    "torch.cuda.is_available()",
    "print(torch.cuda.device_count())",
    "torch.cuda.empty_cache()",
    "torch.cuda.manual_seed_all(0)",
    "torch.backends.cudnn.deterministic = True",
    "print('cuda')",
    "# model.cuda()",
    "text = 'model.cuda()'",
    "columns = ['gpu', 'cpu']",
    "df['gpu']",
    "df.query(\"maker == 'gpu'\")",
    "prices = {'gpu': 300}",
    "import torch",
    "import xgboost, lightgbm, catboost",
    "import numba",
    "from transformers import pipeline",
    "XGBClassifier(tree_method='hist')",
    "XGBClassifier(device='cpu')",
    "LGBMClassifier(device='cpu')",
    "Trainer(accelerator='auto', devices=1)",
    "Trainer(gpus=0)",
    "Trainer(gpus=None)",
    "pipeline('text-generation')",
    "pipeline('text-generation', device=-1)",
    "make(device=0)",
    "pipeline(steps, gpus=0)",
    "jax.devices('cpu')",
    "plt.switch_backend('gpu')",
    "use(backend='cuda')",
    "BitsAndBytesConfig(load_in_4bit=False)",
    "TrainingArguments(output_dir='o', fp16=False)",
    "settings.update({'a': 1})",
    "cuda()",
    "synchronize()",
    "def cuda(self): pass",
    "%load_ext autoreload",
]


def asked(source: str) -> bool | None:
    gpus = needs_of(Cell(CellId("c"), CellKind.CODE, source, 1)).gpus
    return any(gpu.needed for gpu in gpus) if gpus else None


@pytest.mark.parametrize("source", NEEDED)
def test_needed(source: str) -> None:
    assert asked(source) is True


@pytest.mark.parametrize("source", TAKEN)
def test_taken_where_there_is_one(source: str) -> None:
    assert asked(source) is False


@pytest.mark.parametrize("source", NOTHING)
def test_nothing_to_do_with_one(source: str) -> None:
    assert asked(source) is None


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("model.cuda()", {".cuda()"}),
        ("model.to('cuda:1')", {"'cuda:1'"}),
        ("torch.device(f'cuda:{rank}')", {"f'cuda:{rank}'"}),
        ("params = {'tree_method': 'gpu_hist'}", {"tree_method='gpu_hist'"}),
        ("Trainer(gpus=-1)", {"gpus=-1"}),
        ("import cudf.core", {"import cudf.core"}),
        ("assert torch.cuda.is_available()", {"assert torch.cuda.is_available()"}),
    ],
)
def test_it_is_told_as_it_stands_there(source: str, told: set[str]) -> None:
    assert {gpu.what for gpu in needs_of(Cell(CellId("c"), CellKind.CODE, source, 1)).gpus} == told
