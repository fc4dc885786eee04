"""Notebooks that are tagged for Kubeflow Kale, unchanged: what each becomes, here and on both clusters."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from google.protobuf import json_format
from hera.workflows.models import Workflow
from kfp.pipeline_spec.pipeline_spec_pb2 import PipelineSpec

from nbflow.analysis.result import Analysis
from nbflow.codegen import argo, kfp
from nbflow.codegen.assembly import Assembly, Source, assemble
from nbflow.diagnostics import Severity
from nbflow.engines.local.keeping import Keep
from nbflow.model import Resources
from nbflow.service.convert import Converted, convert
from nbflow.service.request import plan_of, request
from nbflow.service.run import run

EXAMPLES = Path(__file__).parent / "examples"


@dataclass(frozen=True)
class Case:
    """What a notebook becomes.

    ``steps`` says of each step how many cells it has (in brackets the cells of its prelude) and what the
    user wants before it. ``image`` and ``experiment`` are those of the metadata. ``told`` are the findings
    when it is checked, ``on_kfp`` and ``on_argo`` the tags that cannot be told to a cluster. ``printed`` is
    the last line of the run, and ``metrics`` what it is judged by.
    """

    name: str
    steps: str
    parameters: str = ""
    image: str = ""
    experiment: str = ""
    told: tuple[str, ...] = ()
    on_kfp: tuple[str, ...] = ()
    on_argo: tuple[str, ...] = ()
    printed: str = ""
    metrics: tuple[str, ...] = ()


CASES = [
    Case(
        "base_example_numpy_hp",
        "init 1(2); mean 1(2) < init; sum 1(2) < init",
        parameters="w h",
        printed="210",
    ),
    Case(
        "candies_sharing",
        "sack 1(3); kid1 1(3) < sack; kid2 1(3) < kid1; kid3 1(3) < kid2",
        parameters="SWEETS",
    ),
    Case(
        "cifar10_classification",
        "dataprocessing 1(3); train 2(5) < dataprocessing; testontest 3(5) < train; "
        "testwhole 2(5) < testontest",
        parameters="TRAIN_STEPS",
        printed="{'plane': 0.0, 'car': 1.0, 'bird': 1.4142135623730951}",
    ),
    Case(
        "dog-breed-katib",
        "setup 3(0); load_data 3(2); detect_dogs 4(2) < load_data; "
        "cnn_resnet50 8(2) < detect_dogs; pipeline-metrics 1(2)",
        parameters="nodes_number learning_rate",
        experiment="dog-breed-katib",
        told=("NB120", "NB301", "NB301"),
        printed="50.0",
        metrics=("test_accuracy_resnet",),
    ),
    Case(
        "finetuning_fnmodel",
        "dataset_preparation 3(2); load_model_and_tokenizer 2(2); "
        "train_model 2(2) < load_model_and_tokenizer dataset_preparation",
        parameters="MODEL_ID TRAINING_DATA_URL LEARNING_RATE BATCH_SIZE NUM_EPOCHS MAX_LENGTH "
        "TEST_SIZE SAVE_MEMORY",
        experiment="Default",
        on_argo=("cache:enabled",),
    ),
    Case(
        "iris",
        "load_transform_data 2(2); train_model 2(2) < load_transform_data; "
        "evaluate_model 2(2) < load_transform_data train_model; pipeline-metrics 1(2)",
        parameters="N_ESTIMATORS MAX_DEPTH",
        image="dimpo/jupyter-kale-cpu:v0.5.1-serving",
        experiment="iris-experiment",
        on_kfp=("volumes: workspace-examples-serving-bgsd4h5em", "volumes: data-8lbdjmzdh"),
        on_argo=("volumes: workspace-examples-serving-bgsd4h5em", "volumes: data-8lbdjmzdh"),
        printed="0.5",
        metrics=("accuracy", "f1", "precision", "recall"),
    ),
    Case(
        "mount_pvc_env_var",
        "load 1(1); train 1(1)",
        image="python:3.12",
        experiment="pvc-env-var-test",
        printed="/data/rows.csv.trained",
    ),
    Case(
        "open-vaccine",
        "load_data 4(2); preprocess_data 4(2) < load_data; model_training 5(2) < preprocess_data; "
        "evaluate_model 2(2) < model_training",
        parameters="LR EPOCHS BATCH_SIZE EMBED_DIM HIDDEN_DIM DROPOUT SP_DROPOUT TRAIN_SEQUENCE_LENGTH",
        experiment="open-vaccine",
    ),
    Case(
        "pipeline_parameters_and_metrics",
        "create_matrix 1(2); sum_matrix 1(2) < create_matrix; pipeline-metrics 1(2)",
        parameters="d1 d2 booltest strtest",
        experiment="hp-tuning",
        on_argo=("cache:enabled",),
        metrics=("sum_result",),
    ),
    Case(
        "portable_rag_langchain",
        "clone_repo 1(2); load_embeddings_model 1(2); "
        "create_vector_database 1(2) < clone_repo load_embeddings_model; "
        "check_vector_db 1(2) < create_vector_database",
        parameters="files_pattern repo git_url embeddings_model",
        experiment="Default",
        on_argo=("cache:enabled",),
        printed="77",
    ),
    Case(
        "titanic_dataset_ml",
        "loaddata 1(1); datapreprocessing 2(1) < loaddata; featureengineering 2(1) < datapreprocessing; "
        "randomforest 1(1) < featureengineering; logisticregression 1(1) < featureengineering; "
        "naivebayes 1(1) < featureengineering; svm 1(1) < featureengineering; "
        "decisiontree 1(1) < featureengineering; "
        "results 1(1) < randomforest logisticregression naivebayes svm decisiontree",
        experiment="titanic",
        printed="[('randomforest', 0.5), ('logisticregression', 1.0), ('naivebayes', 1.5), "
        "('svm', 2.0), ('decisiontree', 2.5)]",
    ),
]
ALL = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def analysed(name: str) -> Analysis:
    return request(str(EXAMPLES / f"{name}.ipynb"), {}, ()).analysis


def assembled(name: str) -> Assembly:
    plan = plan_of(request(str(EXAMPLES / f"{name}.ipynb"), {}, ()), Keep.ALL)
    return assemble(Source(plan.pipeline, plan.cells, plan.effects, plan.uses))


def converted(case: Case, target: str, folder: Path) -> Converted:
    """What came of a copy of the notebook: nothing is written beside the example."""
    path = folder / f"{case.name}.ipynb"
    shutil.copy(EXAMPLES / path.name, path)
    return convert(str(path), target, output=str(folder / "made"), python=sys.executable)


def told(made: Converted) -> list[str]:
    """The tags that cannot be told to the target, sorted."""
    texts = [each.message for each in made.findings if each.code == "NB401"]
    return sorted(text.split("`")[1] for text in texts)


def resources(name: str, step: str) -> Resources:
    steps = analysed(name).pipeline.steps
    return next(each.resources for each in steps if each.name == step)


def test_every_example_is_a_case() -> None:
    assert {case.name for case in CASES} == {path.stem for path in EXAMPLES.glob("*.ipynb")}
    text = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
    assert [case.name for case in CASES if f"`{case.name}.ipynb`" not in text] == []


@ALL
def test_what_it_becomes(case: Case) -> None:
    found = analysed(case.name)
    steps = [
        f"{each.name} {len(each.cells)}({len(each.prelude)}){' < ' if each.after else ''}"
        f"{' '.join(each.after)}"
        for each in found.pipeline.steps
    ]
    assert "; ".join(steps) == case.steps
    assert " ".join(each.name for each in found.pipeline.parameters) == case.parameters
    assert found.pipeline.metadata.image == case.image
    assert found.pipeline.metadata.experiment == case.experiment
    assert tuple(sorted(each.code for each in found.findings)) == case.told
    assert not [each for each in found.findings if each.severity is Severity.ERROR]


@ALL
def test_it_is_converted_for_kubeflow_pipelines(case: Case, tmp_path: Path) -> None:
    made = converted(case, "kfp", tmp_path)
    assert made.missing == ""
    manifest, *_ = yaml.safe_load_all((made.folder / kfp.MANIFEST).read_text("utf-8"))
    json_format.ParseDict(manifest, PipelineSpec())
    whole = assembled(case.name)
    tasks = kfp.tasks(whole, kfp.Options(image="", notebook=""))
    assert set(tasks.values()) <= set(manifest["root"]["dag"]["tasks"])
    assert told(made) == sorted(case.on_kfp)


@ALL
def test_it_is_converted_for_argo(case: Case, tmp_path: Path) -> None:
    made = converted(case, "argo", tmp_path)
    found = yaml.safe_load((made.folder / argo.MANIFEST).read_text("utf-8"))
    Workflow.model_validate(found)
    whole = assembled(case.name)
    assert len(found["spec"]["templates"]) == len(whole.pipeline.steps) + 2
    assert told(made) == sorted(case.on_argo)


@ALL
def test_it_runs(case: Case, tmp_path: Path) -> None:
    path = tmp_path / f"{case.name}.ipynb"
    shutil.copy(EXAMPLES / path.name, path)
    record = run(str(path), python=sys.executable)
    assert record.state == "done"
    printed = "".join(text for step in record.steps for _, _, text in step.log)
    if case.printed:
        assert printed.splitlines()[-1] == case.printed
    assert tuple(sorted(set(record.metrics or {}) - {"d1", "d2"})) == case.metrics


def test_notebooks_in_a_notebook(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "composition", tmp_path / "composition")
    record = run(str(tmp_path / "composition" / "main_mixed.ipynb"), python=sys.executable)
    assert record.state == "done"
    final = next(step for step in record.steps if step.name == "final")
    assert [text for _, _, text in final.log] == ["in the end: 30.0\n"]


def test_settings_reach_the_steps() -> None:
    image = "docker.io/pytorch/pytorch:2.13.0-cuda12.6-cudnn9-runtime"
    assert resources("finetuning_fnmodel", "train_model") == Resources(image=image)
    assert resources("iris", "train_model") == Resources(
        labels=(("access-ml-pipeline", "true"), ("access-rok", "true"))
    )
    assert resources("pipeline_parameters_and_metrics", "create_matrix") == Resources(
        limits=(("nvidia.com/gpu", "2"),), cache=True
    )
    assert resources("pipeline_parameters_and_metrics", "sum_matrix") == Resources(cache=False)
    assert resources("portable_rag_langchain", "clone_repo") == Resources(cache=False)


def test_volumes_are_there() -> None:
    options = kfp.Options(image="python:3.11", notebook="n.ipynb")
    text = kfp.module(assembled("mount_pvc_env_var"), options)
    assert text.count('pvc_name="raw-data", mount_path="/data"') == 2
    assert text.count('set_env_variable(name="KALE_VOLUME_RAW_DATA", value="/data")') == 2
    text = kfp.module(assembled("finetuning_fnmodel"), options)
    assert text.count('pvc_name="fine-tuning-pipeline-pvc"') == 3
    assert "KALE_VOLUME" not in text
