"""LoRA adapters: many on one base, a row of a batch through each, in memory while there is room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import small_models
from hypothesis import given, settings
from hypothesis import strategies as st

from octograph import InputError
from octograph.graphs.sections import ModelSpec
from octograph.models.asking import Desk
from octograph.models.loading import LoadedModel
from octograph.models.locating import weights_bytes
from octograph.models.lora_rows import per_row
from octograph.models.requests import Request
from octograph.models.shelf import Shelf

TEXT = "Which country has the longest coast?"


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def adapters_of(base: Path, count: int, rank: int = 4) -> list[str]:
    return [str(small_models.small_adapter(base, seed=seed, rank=rank)) for seed in range(count)]


def logits(loaded: LoadedModel, places: list[str | None], text: str = TEXT) -> Any:
    """Scores of the next token, (rows, vocabulary), with the same text in every row."""
    ids = loaded.tokenizer([text] * len(places), return_tensors="pt")["input_ids"]
    extra = {"decoder_input_ids": ids[:, :1]} if loaded.task == "seq2seq" else {}
    with loaded.at_work(places) as model:
        return model(ids, **extra).logits.reshape(len(places), -1)


@pytest.fixture(scope="module")
def causal() -> Iterator[LoadedModel]:
    """A Llama, without adapters yet."""
    with Shelf(10**9).lend(ModelSpec(name=str(small_models.small_causal()))) as loaded:
        yield loaded


def test_adapters_are_what_peft_makes_of_them(causal: LoadedModel) -> None:
    """A row through an adapter gives what peft's own model with this adapter alone gives."""
    import peft
    import torch
    import transformers

    base = small_models.small_causal()
    for place in adapters_of(base, 2):
        alone = peft.PeftModel.from_pretrained(transformers.AutoModelForCausalLM.from_pretrained(base), place).eval()
        ids = causal.tokenizer([TEXT], return_tensors="pt")["input_ids"]
        with torch.inference_mode():
            expected = alone(ids).logits.reshape(1, -1)
        assert torch.allclose(logits(causal, [None, place])[1:], expected, atol=1e-4)
        assert not torch.allclose(logits(causal, [None, place])[:1], expected, atol=0.1)


@settings(deadline=None, max_examples=15)
@given(rows=st.lists(st.integers(0, 3), min_size=1, max_size=6))
def test_a_mixed_batch_equals_separate_runs(causal: LoadedModel, rows: list[int]) -> None:
    """Any mixture, rows of the base alone and adapters of different ranks among them."""
    import torch

    base = small_models.small_causal()
    known: list[str | None] = [None, *adapters_of(base, 2), *adapters_of(base, 1, rank=2)]
    places = [known[row] for row in rows]
    mixed = logits(causal, places)
    separate = torch.cat([logits(causal, [place]) for place in places])
    assert torch.allclose(mixed, separate, atol=1e-4)
    assert len({tuple(row.tolist()) for row in mixed.round(decimals=2)}) == len(set(rows))


@pytest.mark.parametrize(
    "build",
    [small_models.small_phi3, small_models.small_seq2seq, small_models.small_masked, small_models.small_classifier],
)
def test_every_architecture_can_be_adapted(build: Callable[[], Path]) -> None:
    """Encoders, decoders and heads: mixed equals separate."""
    import torch

    base = build()
    places: list[str | None] = [None, *adapters_of(base, 2)]
    with Shelf(10**9).lend(ModelSpec(name=str(base))) as loaded:
        mixed = logits(loaded, places)
        separate = torch.cat([logits(loaded, [place]) for place in places])
    assert torch.allclose(mixed, separate, atol=1e-4)
    assert not torch.allclose(mixed[0], mixed[1], atol=0.01)


async def test_requests_for_different_adapters_share_a_batch() -> None:
    """Generated together, each through its own adapter: the texts are those of one by one."""
    base = small_models.small_causal()
    desk = Desk(Shelf(10**9))
    spec = ModelSpec(name=str(base), max_tokens=8)
    requests = [Request(TEXT, spec, place) for place in (None, *adapters_of(base, 3), None)]
    alone = [await desk.ask(request) for request in requests]
    together = await asyncio.gather(*(desk.ask(request) for request in requests))
    assert [reply.text for reply in together] == [reply.text for reply in alone]
    assert len({reply.text for reply in together}) == 4


def test_the_base_is_the_base_again() -> None:
    """After any use of adapters, rows without one give what the untouched weights gave."""
    import torch

    base = small_models.small_causal()
    with Shelf(10**9).lend(ModelSpec(name=str(base))) as loaded:
        before = logits(loaded, [None])
        logits(loaded, list(adapters_of(base, 2)))
        assert torch.equal(logits(loaded, [None]), before)
        with loaded.at_work() as model:
            ids = loaded.tokenizer([TEXT], return_tensors="pt")["input_ids"]
            assert torch.equal(model(ids).logits.reshape(1, -1), before)


def test_the_least_recently_used_makes_room() -> None:
    """Under a budget for two, the third takes the place of the one that was used longest ago, which comes back."""
    base = small_models.small_causal()
    first, second, third = adapters_of(base, 3)
    size = weights_bytes(Path(first))
    shelf = Shelf(weights_bytes(base) + 2 * size + size // 2)
    with shelf.lend(ModelSpec(name=str(base))) as loaded:
        expected = logits(loaded, [first])
        logits(loaded, [second])
        logits(loaded, [first])
        logits(loaded, [third])
        assert loaded.adapters.loaded == (first, third)
        assert (logits(loaded, [first]) == expected).all()
        logits(loaded, [second])
        assert loaded.adapters.loaded == (first, second)
        assert shelf.free("cpu") >= 0
        with pytest.raises(InputError, match="OCTOGRAPH_MODEL_MEMORY"):
            logits(loaded, [first, second, third])
        assert (logits(loaded, [first]) == expected).all()


def test_an_idle_model_makes_room_for_an_adapter() -> None:
    """What was used longest ago goes first, be it a model or an adapter."""
    base, other = small_models.small_causal(), small_models.small_phi3()
    first, second = adapters_of(base, 2)
    shelf = Shelf(weights_bytes(base) + weights_bytes(other) + weights_bytes(Path(first)) + 1000)
    with shelf.lend(ModelSpec(name=str(other))):
        pass
    with shelf.lend(ModelSpec(name=str(base))) as loaded:
        logits(loaded, [first])
        logits(loaded, [second])
        assert shelf.loaded == (str(base),)
        assert loaded.adapters.loaded == (first, second)


def test_adapters_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    """For another architecture, of another kind, damaged, or not there: said in words, and nothing is broken by it."""
    import peft
    import transformers

    base = small_models.small_causal()
    (fits,) = adapters_of(base, 1)
    model = transformers.AutoModelForCausalLM.from_pretrained(base)
    more = peft.LoraConfig(target_modules=["q_proj"], modules_to_save=["lm_head"])
    peft.get_peft_model(model, more).save_pretrained(tmp_path / "more")
    model = transformers.AutoModelForCausalLM.from_pretrained(base)
    scaling = peft.IA3Config(target_modules=["q_proj"], feedforward_modules=[])
    peft.get_peft_model(model, scaling).save_pretrained(tmp_path / "scaling")
    model = transformers.AutoModelForCausalLM.from_pretrained(base)
    variant = peft.LoraConfig(target_modules=["q_proj"], use_dora=True)
    peft.get_peft_model(model, variant).save_pretrained(tmp_path / "variant")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "adapter_config.json").write_text((Path(fits) / "adapter_config.json").read_text())
    (tmp_path / "damaged" / "adapter_model.safetensors").write_bytes(b"not weights")
    with Shelf(10**9).lend(ModelSpec(name=str(base))) as loaded:
        before = logits(loaded, [None])
        for place, said in [
            (str(small_models.small_adapter(small_models.small_masked())), "trained on"),
            (str(small_models.small_adapter(small_models.small_phi3())), "trained on"),
            (str(tmp_path / "more"), "modules_to_save"),
            (str(tmp_path / "scaling"), "IA3"),
            (str(tmp_path / "variant"), "variant"),
            (str(tmp_path / "damaged"), "damaged"),
            (str(tmp_path / "missing"), "missing"),
        ]:
            with pytest.raises(InputError, match=said):
                logits(loaded, [place])
        assert (logits(loaded, [None]) == before).all()
        assert not (logits(loaded, [fits]) == before).all()
        assert loaded.adapters.loaded == (fits,)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=5), st.integers(1, 4))
def test_beams_go_where_their_row_goes(rows: list[str], beams: int) -> None:
    """k times as many rows: each k neighbors share an adapter."""
    assert per_row(rows, beams * len(rows)) == [row for row in rows for _ in range(beams)]


def test_rows_that_can_not_be_told_are_an_error() -> None:
    """Better none than the wrong adapter; one adapter for all can't be wrong."""
    assert per_row(["a", "a"], 3) == ["a"] * 3
    with pytest.raises(ValueError, match="3 rows"):
        per_row(["a", "b"], 3)


@pytest.mark.parametrize("build", [small_models.small_causal, small_models.small_classifier])
async def test_an_adapter_that_does_not_fit_fails_its_own_request(build: Callable[[], Path]) -> None:
    """Those beside it in the batch are answered, through adapters of their own."""
    base, desk = build(), Desk(Shelf(10**9))
    wrong = str(small_models.small_adapter(small_models.small_phi3()))
    (fits,) = adapters_of(base, 1)
    spec = ModelSpec(name=str(base), max_tokens=4)
    asked = [desk.ask(Request("hello", spec, place)) for place in (None, wrong, fits)]
    plain, fault, adapted = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(fault, InputError)
    assert "phi3" in str(fault)
    assert [type(reply).__name__ for reply in (plain, adapted)] == ["Reply", "Reply"]
