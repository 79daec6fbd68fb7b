"""The shelf: every model once, while it is needed and there is room; and what is said where there is no model."""

from __future__ import annotations

import json
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import small_models
from hypothesis import given
from hypothesis import strategies as st

from octograph import InputError, MissingExtra
from octograph.graphs.sections import ModelSpec
from octograph.models import loading, locating, memory, packages, shelf
from octograph.models.locating import located, weights_bytes
from octograph.models.shelf import Shelf, shared_shelf
from octograph.models.trust import remote_code_trusted, trusting_remote_code


def spec_of(folder: Path, **settings: object) -> ModelSpec:
    return ModelSpec(name=str(folder), **settings)  # type: ignore[arg-type]


def lend_once(models: Shelf, folder: Path) -> None:
    with models.lend(spec_of(folder)):
        pass


def test_weights_are_loaded_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight threads at the same time, with different settings of generation, get the same model."""
    loads: list[str] = []
    load = shelf.load

    def slowly(place: str, *others: object) -> loading.LoadedModel:
        loads.append(place)
        time.sleep(0.05)
        return load(place, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(shelf, "load", slowly)
    models, together = Shelf(10**9), threading.Barrier(8)

    def lend(temperature: float) -> int:
        together.wait()
        with models.lend(spec_of(small_models.small_causal(), temperature=temperature)) as loaded:
            return id(loaded.model)

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(lend, [nth / 10 for nth in range(8)]))) == 1
    assert len(loads) == 1


def test_types_are_different_models() -> None:
    """The same weights in two types are two, of two sizes; the task is read from the weights."""
    import torch

    models, folder = Shelf(10**9), small_models.small_causal()
    with models.lend(spec_of(folder)) as full, models.lend(spec_of(folder, dtype="bfloat16")) as half:
        assert half.model.dtype == torch.bfloat16
        assert full.task == half.task == "causal"
        assert half.bytes == pytest.approx(full.bytes / 2, rel=0.01)


@pytest.mark.parametrize(
    ("build", "task"),
    [
        (small_models.small_causal, "causal"),
        (small_models.small_phi3, "causal"),
        (small_models.small_seq2seq, "seq2seq"),
        (small_models.small_masked, "masked"),
        (small_models.small_classifier, "classification"),
        (small_models.small_vision_language, "vision"),
    ],
)
def test_what_weights_do_is_read_from_them(build: object, task: str) -> None:
    """Nobody has to say the task of an architecture that transformers knows."""
    with Shelf(10**9).lend(spec_of(build())) as loaded:  # type: ignore[operator]
        assert loaded.task == task
        assert (loaded.processor is not None) == (task == "vision")
        assert loaded.context is not None
        assert loaded.context <= 512


def test_different_models_load_side_by_side() -> None:
    """Nodes that are first asked at the same moment: libraries that build one model at a time get them one by one."""
    builders = (small_models.small_seq2seq, small_models.small_masked, small_models.small_classifier)
    folders = [*(build() for build in builders), small_models.small_causal(), small_models.small_phi3()]
    base = small_models.small_causal()
    adapter = str(small_models.small_adapter(base))
    faults: list[Exception] = []

    def load(models: Shelf, folder: Path) -> None:
        try:
            with models.lend(spec_of(folder)) as loaded, loaded.at_work([adapter] if folder == base else []):
                pass
        except InputError as error:
            faults.append(error)

    for _ in range(3):
        models = Shelf(10**9)
        threads = [threading.Thread(target=load, args=(models, folder)) for folder in folders]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not faults


def test_the_one_used_longest_ago_makes_room() -> None:
    """Under a budget for two, and never one that is lent."""
    one, two, three = small_models.small_causal(), small_models.small_phi3(), small_models.small_masked()
    models = Shelf(sum(map(weights_bytes, (one, two))) + 50_000)
    lend_once(models, one)
    lend_once(models, two)
    lend_once(models, one)
    lend_once(models, three)
    assert models.loaded == (str(one), str(three))
    assert models.free("cpu") >= 0
    with models.lend(spec_of(one)) as held:
        lend_once(models, two)
        assert models.loaded == (str(one), str(two))
        assert held.model is not None
    models.clear()
    assert models.loaded == ()


def test_who_finds_no_room_waits_for_it() -> None:
    """A model in use is given back before the other is loaded; nobody fails for it."""
    one, two = small_models.small_causal(), small_models.small_phi3()
    models = Shelf(max(map(weights_bytes, (one, two))) + 50_000)
    order: list[str] = []
    lent, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        with models.lend(spec_of(one)):
            lent.set()
            go_on.wait()
            order.append("given back")

    def want() -> None:
        with models.lend(spec_of(two)):
            order.append("lent")

    threads = [threading.Thread(target=hold), threading.Thread(target=want)]
    threads[0].start()
    lent.wait()
    threads[1].start()
    threads[1].join(0.2)
    go_on.set()
    for thread in threads:
        thread.join()
    assert order == ["given back", "lent"]


def test_room_that_can_never_be_is_an_error() -> None:
    """A model larger than the budget, and two at once in one thread where one fits: said before anything is loaded."""
    one, two = small_models.small_causal(), small_models.small_phi3()
    with pytest.raises(InputError, match="OCTOGRAPH_MODEL_MEMORY"), Shelf(1000).lend(spec_of(one)):
        pass
    models = Shelf(max(map(weights_bytes, (one, two))) + 50_000)
    with models.lend(spec_of(one)):
        with pytest.raises(InputError, match="at once"):
            lend_once(models, two)
        assert models.loaded == (str(one),)
    lend_once(models, two)


def test_names_are_relative_to_the_graph_file(tmp_path: Path) -> None:
    """A folder beside the graph is found from anywhere; `~` is home."""
    shutil.copytree(small_models.small_causal(), tmp_path / "weights")
    with Shelf(10**9).lend(ModelSpec(name="weights"), tmp_path) as loaded:
        assert loaded.place == str(tmp_path / "weights")
    assert located("organization/model", tmp_path) == "organization/model"
    assert located("gpt2", tmp_path) == "gpt2"


@pytest.mark.parametrize("name", ["./weihgts", "../x", "/no/where/at/all", "a/b/c", "~/no such folder"])
def test_a_path_that_leads_nowhere_says_so(name: str, tmp_path: Path) -> None:
    """Nothing is looked for on the hub under the name of a path; near names are offered."""
    (tmp_path / "weights").mkdir()
    with pytest.raises(InputError, match="no folder") as caught:
        located(name, tmp_path)
    assert ("did you mean 'weights'?" in str(caught.value)) == (name == "./weihgts")


def test_a_model_that_is_not_there_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Offline, and not in the cache of the hub: the command that fetches it, and the other way."""
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(InputError) as caught, Shelf(10**9).lend(ModelSpec(name="someone/something", revision="v2")):
        pass
    for said in ("HF_HUB_OFFLINE", "hf download someone/something --revision v2", "name a folder"):
        assert said in str(caught.value)


def test_the_cache_of_the_hub_needs_no_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What `hf download` has left on this machine is loaded by its name."""
    import huggingface_hub.constants

    cached = tmp_path / "models--someone--something"
    shutil.copytree(small_models.small_causal(), cached / "snapshots" / "abc")
    (cached / "refs").mkdir()
    (cached / "refs" / "main").write_text("abc")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path))
    with Shelf(10**9).lend(ModelSpec(name="someone/something")) as loaded:
        assert loaded.place == "someone/something"


def damaged(folder: Path, how: str) -> Path:
    """A copy of a small model with something wrong."""
    shutil.copytree(small_models.small_causal(), folder)
    weights, config = folder / "model.safetensors", folder / "config.json"
    if how == "cut off":
        weights.write_bytes(weights.read_bytes()[:10_000])
    elif how == "no weights":
        weights.unlink()
    elif how == "no tokenizer":
        (folder / "tokenizer.json").unlink()
        (folder / "tokenizer_config.json").unlink()
    elif how == "no JSON":
        config.write_text("{")
    elif how == "another size":
        config.write_text(json.dumps(json.loads(config.read_text()) | {"hidden_size": 32}))
    elif how == "another task":
        config.write_text(json.dumps(json.loads(config.read_text()) | {"architectures": ["LlamaModel"]}))
    return folder


@pytest.mark.parametrize("how", ["cut off", "no weights", "no tokenizer", "no JSON", "another size", "another task"])
def test_a_damaged_folder_is_an_error_in_words(how: str, tmp_path: Path) -> None:
    """It names the folder; the shelf goes on as if nothing had been asked."""
    models, folder = Shelf(10**9), damaged(tmp_path / "weights", how)
    with pytest.raises(InputError, match="weights: "):
        lend_once(models, folder)
    assert models.loaded == ()
    assert models.free("cpu") == 10**9
    lend_once(models, small_models.small_causal())


def test_weights_for_another_task_are_refused() -> None:
    """A head that was never trained would answer at random: better none."""
    with (
        pytest.raises(InputError, match="not trained for classification"),
        Shelf(10**9).lend(spec_of(small_models.small_masked(), task="classification")),
    ):
        pass


@pytest.mark.parametrize("device", ["tpu", "cuda:x", "mps", "cuda:99"])
def test_a_device_that_is_not_here_is_an_error(device: str) -> None:
    """It says which there are."""
    with (
        pytest.raises(InputError, match=r"device: auto|auto, cpu"),
        Shelf(10**9).lend(spec_of(small_models.small_causal(), device=device)),
    ):
        pass


def test_quantizing_needs_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without bitsandbytes the error says what to install, and what else to do."""
    monkeypatch.setattr(loading, "find_spec", lambda name: None)
    for bits in ("8bit", "4bit"):
        with (
            pytest.raises(InputError, match="pip install bitsandbytes"),
            Shelf(10**9).lend(spec_of(small_models.small_causal(), quantization=bits)),
        ):
            pass


def test_without_the_extra_its_name_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A core installation has no torch."""

    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(packages, "import_module", missing)
    with (
        pytest.raises(MissingExtra, match=r"pip install 'octograph\[models\]'"),
        Shelf(10**9).lend(spec_of(small_models.small_causal())),
    ):
        pass


def with_own_code(folder: Path) -> Path:
    """A model whose class is a Python file beside its weights; running that leaves a trace."""
    shutil.copytree(small_models.small_causal(), folder)
    (folder / "own_code.py").write_text(
        "from pathlib import Path\n"
        "from transformers import LlamaConfig, LlamaForCausalLM\n\n"
        "Path(__file__).with_name('was_run').touch()\n\n\n"
        "class OwnConfig(LlamaConfig):\n    model_type = 'own_code'\n\n\n"
        "class OwnModel(LlamaForCausalLM):\n    config_class = OwnConfig\n"
    )
    config = json.loads((folder / "config.json").read_text())
    own = {"AutoConfig": "own_code.OwnConfig", "AutoModelForCausalLM": "own_code.OwnModel"}
    config |= {"model_type": "own_code", "architectures": ["OwnModel"], "auto_map": own}
    (folder / "config.json").write_text(json.dumps(config))
    return folder


def test_code_beside_weights_is_run_for_those_who_trust_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By default it is refused, with the two ways to say otherwise; inside `trusting_remote_code` it loads."""
    import transformers.dynamic_module_utils

    cache = tmp_path / "cache"
    monkeypatch.setattr(transformers.dynamic_module_utils, "HF_MODULES_CACHE", str(cache))
    monkeypatch.syspath_prepend(str(cache))
    folder, models = with_own_code(tmp_path / "own"), Shelf(10**9)
    with pytest.raises(InputError, match=r"--trust-remote-code, or Workflow\(\.\.\., trust_remote_code=True\)"):
        lend_once(models, folder)
    assert not list(tmp_path.rglob("was_run"))
    with trusting_remote_code():
        assert remote_code_trusted()
        with models.lend(spec_of(folder)) as loaded:
            assert type(loaded.model).__name__ == "OwnModel"
    assert list(tmp_path.rglob("was_run"))
    assert not remote_code_trusted()
    with pytest.raises(InputError, match="trust_remote_code"):
        lend_once(models, folder)  # what another has trusted is not lent to who has not


@given(st.floats(0.1, 999), st.sampled_from(["GB", "gb", "G", " GiB", "MB", "k", "", "TB"]))
def test_amounts_of_memory_are_read(number: float, unit: str) -> None:
    """As people write them."""
    sizes = {"G": 1e9, "GI": 2**30, "M": 1e6, "K": 1e3, "": 1, "T": 1e12}
    size = sizes[unit.strip().upper().removesuffix("B")]
    assert memory.bytes_of(f"{number:.3f}{unit}") == int(float(f"{number:.3f}") * size)


@pytest.mark.parametrize("text", ["much", "8XB", "-1GB", "GB", "1e9"])
def test_what_is_no_amount_is_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the variable."""
    monkeypatch.setenv("OCTOGRAPH_MODEL_MEMORY", text)
    with pytest.raises(InputError, match="OCTOGRAPH_MODEL_MEMORY=8GB"):
        memory.memory_budget("cpu")


def test_the_budget_is_the_variable_else_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four fifths of what the device has."""
    monkeypatch.setenv("OCTOGRAPH_MODEL_MEMORY", "1 MB")
    assert shared_shelf().free("cpu") <= 1_000_000
    monkeypatch.delenv("OCTOGRAPH_MODEL_MEMORY")
    import psutil

    assert memory.memory_budget("cpu") == pytest.approx(0.8 * psutil.virtual_memory().total, rel=0.01)


def test_only_weights_that_are_whole_are_taken_from_the_cache(tmp_path: Path) -> None:
    """A snapshot that a broken download has left without weights counts for nothing."""
    (tmp_path / "config.json").write_text("{}")
    assert not locating._has_weights(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"...")
    assert locating._has_weights(tmp_path)
    assert weights_bytes(tmp_path) == 3
    parts = {"weight_map": {"a": "model.safetensors", "b": "model-2.safetensors"}}
    (tmp_path / "model.safetensors.index.json").write_text(json.dumps(parts))
    assert not locating._has_weights(tmp_path)
    (tmp_path / "model-2.safetensors").write_bytes(b"...")
    assert locating._has_weights(tmp_path)
