"""Generated text: every row of a batch has its own settings, and none depends on the rows it shares the batch with."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import small_models
from hypothesis import given
from hypothesis import strategies as st

from octograph import ArgumentError, InputError
from octograph.graphs.sections import ModelSpec
from octograph.models.asking import Desk
from octograph.models.emerging import EmergingText
from octograph.models.requests import Reply, Request
from octograph.models.shelf import Shelf
from octograph.models.wording import worded_text

PROMPTS = ["Which country has", "hello", "The soup was hot, the bread was excellent, and the", "{braces} ü 😀 'quotes'"]
WRITERS = [
    small_models.small_causal,
    small_models.small_chat_causal,
    small_models.small_phi3,
    small_models.small_seq2seq,
]


@pytest.fixture(scope="module")
def desk() -> Desk:
    """One desk for all tests, so that each model is loaded once."""
    import torch

    torch.set_num_threads(1)
    return Desk(Shelf(10**9))


def spec_of(model: Path, **settings: Any) -> ModelSpec:
    return ModelSpec(name=str(model), **{"max_tokens": 8, **settings})


async def asked(desk: Desk, *requests: Request) -> list[Reply]:
    return list(await asyncio.gather(*(desk.ask(request) for request in requests)))


@pytest.mark.parametrize("build", WRITERS)
async def test_a_batch_says_what_each_would_alone(desk: Desk, build: Callable[[], Path]) -> None:
    """Prompts of different lengths, padded to one: the texts and their probabilities are those of one by one."""
    requests = [Request(prompt, spec_of(build())) for prompt in PROMPTS]
    alone = [(await asked(desk, request))[0] for request in requests]
    together = await asked(desk, *requests)
    for one, other in zip(alone, together, strict=True):
        assert dataclasses.replace(one, log_probability=0.0) == dataclasses.replace(other, log_probability=0.0)
        assert one.log_probability == pytest.approx(other.log_probability, abs=1e-3)
    assert len({reply.text for reply in together}) == len(PROMPTS)


async def test_the_log_probability_is_that_of_the_text(desk: Desk) -> None:
    """It equals the sum over the generated tokens, computed from one pass over prompt and text."""
    import torch
    import transformers

    folder = small_models.small_causal()
    (reply,) = await asked(desk, Request(PROMPTS[0], spec_of(folder)))
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    ids = tokenizer(PROMPTS[0], return_tensors="pt")["input_ids"]
    whole = model.generate(ids, max_new_tokens=8, do_sample=False)
    logs = torch.log_softmax(model(whole).logits[0], dim=-1)
    begin = ids.shape[1]
    expected = sum(logs[place - 1, whole[0, place]].item() for place in range(begin, whole.shape[1]))
    assert reply.log_probability == pytest.approx(expected, abs=1e-3)
    assert reply.text == tokenizer.decode(whole[0, begin:])
    assert (reply.tokens, reply.prompt_tokens, reply.finish) == (8, begin, "length")


async def test_a_seed_decides_whatever_the_batch(desk: Desk) -> None:
    """Sampling repeats with its seed, alone and among others, and other seeds say other things."""
    spec = spec_of(small_models.small_causal(), temperature=1.0, top_p=0.95)

    def request(seed: int) -> Request:
        return Request(PROMPTS[0], spec.model_copy(update={"seed": seed}))

    (alone,) = await asked(desk, request(3))
    together = await asked(desk, request(4), request(3), request(5), request(3))
    assert [reply.text for reply in together].count(alone.text) == 2
    assert len({reply.text for reply in together}) == 3


def test_samples_are_as_frequent_as_they_are_probable() -> None:
    """Over 2,000 seeds the most probable first token comes about as often as the model says."""
    import torch

    from octograph.models.rows import Row

    scores = torch.tensor([[2.0, 1.0, 0.0, -1.0]])
    spec = spec_of(Path("model"), temperature=0.7)
    rows = [Row(Request("", spec.model_copy(update={"seed": seed})), 1, 1, None, "cpu") for seed in range(2000)]
    counts = torch.bincount(torch.cat([row.sampled(scores).argmax(dim=-1) for row in rows]), minlength=4)
    assert (counts / 2000).tolist() == pytest.approx((scores / 0.7).softmax(-1)[0].tolist(), abs=0.04)


def test_only_the_more_probable_are_sampled() -> None:
    """`top_p` and `top_k` leave the rest out."""
    import torch

    from octograph.models.rows import Row

    scores = torch.tensor([[2.0, 1.0, 0.0, -1.0]])
    for settings in ({"top_p": 0.3}, {"generation": {"top_k": 1}}):
        spec = spec_of(Path("model"), temperature=2.0, **settings)
        rows = [Row(Request("", spec.model_copy(update={"seed": seed})), 1, 1, None, "cpu") for seed in range(50)]
        assert {int(row.sampled(scores).argmax()) for row in rows} == {0}


async def test_rows_end_each_in_its_own_way(desk: Desk) -> None:
    """Lengths and stop texts of a row cut that row and no other."""
    folder = small_models.small_causal()
    long, short = spec_of(folder, max_tokens=20), spec_of(folder, max_tokens=3)
    (whole,) = await asked(desk, Request(PROMPTS[0], long))
    stop = whole.text[5:8]
    stopping = long.model_copy(update={"stop": ("never said", stop)})
    replies = await asked(desk, *(Request(PROMPTS[0], spec) for spec in (long, short, stopping)))
    assert replies[0].text == whole.text
    assert (replies[1].tokens, replies[1].finish) == (3, "length")
    assert (replies[2].text, replies[2].finish) == (whole.text[: whole.text.index(stop)], "stop")


async def test_an_end_token_ends(desk: Desk) -> None:
    """A model that has learned to end does, before its tokens are spent."""
    spec = spec_of(small_models.small_echo_causal(), max_tokens=50)
    told: list[str] = []
    hello, fail = await asked(desk, Request("hello =>", spec, tell=told.append), Request("fail =>", spec))
    assert (hello.text, hello.finish, fail.text) == (" done: hello", "stop", "")
    assert "".join(told) == hello.text
    assert len(told) > 2


async def test_what_is_told_is_the_text(desk: Desk) -> None:
    """Pieces told while generating add up to the text, stop text excluded."""
    folder = small_models.small_causal()
    (whole,) = await asked(desk, Request(PROMPTS[0], spec_of(folder, max_tokens=20)))
    for stop in [(), (whole.text[5:8],), (whole.text[5:8] + "?",)]:
        told: list[str] = []
        (reply,) = await asked(desk, Request(PROMPTS[0], spec_of(folder, max_tokens=20, stop=stop), tell=told.append))
        assert "".join(told) == reply.text


class Spelling:
    """A tokenizer whose tokens are UTF-8 bytes."""

    def decode(self, tokens: list[int], **_: Any) -> str:
        return bytes(tokens).decode("utf-8", errors="replace")


@given(st.text(max_size=40), st.lists(st.text(min_size=1, max_size=4), max_size=3))
def test_emerging_text_never_takes_back(text: str, stop: list[str]) -> None:
    """Whole characters, in order, up to the first stop text and nothing of it: for any text and any stops."""
    emerging = EmergingText(Spelling(), stop)
    told = []
    for byte in text.encode():
        told.append(emerging.add(byte))
        if emerging.stopped:
            break
    told.append(emerging.end())
    ends = [place + len(one) for one in stop if (place := text.find(one)) >= 0]
    if not ends:
        assert "".join(told) == text == emerging.text
    else:
        seen = text[: min(ends)]
        expected = seen[: min(place for one in stop if (place := seen.find(one)) >= 0)]
        assert "".join(told) == expected == emerging.text
        assert emerging.stopped


async def test_a_prompt_longer_than_the_context_is_refused_alone(desk: Desk) -> None:
    """Its error says both lengths; what shares its batch is answered."""
    spec = spec_of(small_models.small_causal())
    long, short = await asyncio.gather(
        desk.ask(Request("what is it? " * 300, spec)), desk.ask(Request("hello", spec)), return_exceptions=True
    )
    assert isinstance(long, ArgumentError)
    assert "takes 512" in str(long)
    assert isinstance(short, Reply)


async def test_an_answer_ends_where_the_context_does(desk: Desk) -> None:
    """More tokens than fit are not generated."""
    spec = spec_of(small_models.small_causal(), max_tokens=10_000, generation={"min_new_tokens": 200})
    (reply,) = await asked(desk, Request("hello " * 100, spec))
    assert reply.finish == "length"
    assert reply.prompt_tokens + reply.tokens == 512


async def test_a_cancelled_call_stops_generating(desk: Desk) -> None:
    """The model is free again long before the cancelled answer would have been complete."""
    spec = spec_of(small_models.small_causal(), max_tokens=500, generation={"min_new_tokens": 500})
    told: list[str] = []
    call = asyncio.create_task(desk.ask(Request("hello", spec, tell=told.append)))
    while not told:
        await asyncio.sleep(0.001)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await asked(desk, Request("hello", spec_of(small_models.small_causal())))  # answered after it
    assert len(told) < 400


async def test_settings_that_can_not_be_are_refused(desk: Desk) -> None:
    """A typo, a value that makes no sense, and what has a place of its own, each with the remedy."""
    folder = small_models.small_causal()
    for generation, said in [
        ({"repetition_penaltyy": 2.0}, "repetition_penaltyy"),
        ({"repetition_penalty": "much"}, "penalty"),
        ({"max_new_tokens": 3}, "max_tokens"),
        ({"num_return_sequences": 2}, "one answer"),
        ({"prompt_lookup_num_tokens": 3}, "one by one"),
        ({"pad_token_id": 3}, "pad_token_id"),
        ({"num_beams": "many"}, "num_beams"),
        ({"top_k": -5}, "top_k"),
        ({"typical_p": 2.0}, "typical_p"),
    ]:
        for temperature in (0, 1):
            if not temperature and said in ("top_k", "typical_p"):
                continue  # there is no sampling that it could bear upon
            with pytest.raises(InputError, match=said):
                await desk.ask(Request("hello", spec_of(folder, generation=generation, temperature=temperature)))


@pytest.mark.parametrize("model", [small_models.small_causal, small_models.small_seq2seq])
async def test_settings_run_no_code(desk: Desk, model: Callable[[], Path], tmp_path: Path) -> None:
    """A graph file can't have transformers run somebody's Python by way of `generate`."""
    code = tmp_path / "custom_generate" / "generate.py"
    code.parent.mkdir()
    code.write_text("from pathlib import Path\nPath(__file__).with_name('was_run').touch()\n")
    own = {"custom_generate": str(tmp_path), "trust_remote_code": True}
    for generation in (own, {"custom_generate": str(tmp_path)}, {"trust_remote_code": True}, {"streamer": 1}):
        with pytest.raises(InputError, match=f"'{next(iter(generation))}' is no setting of"):
            await desk.ask(Request("hello", spec_of(model(), generation=generation)))
    assert not list(tmp_path.rglob("was_run"))


@pytest.mark.parametrize("generation", [{"top_k": "many"}, {"top_k": 0}, {"top_p": 0.5}])
async def test_settings_that_models_which_do_not_write_can_not_take(desk: Desk, generation: dict[str, Any]) -> None:
    """How many candidates there are to a mask is all that can be said."""
    for build, text in ((small_models.small_masked, "One <mask>."), (small_models.small_classifier, "One.")):
        with pytest.raises(InputError, match="generation: top_"):
            await desk.ask(Request(text, spec_of(build(), generation=generation)))


async def test_settings_are_passed_on(desk: Desk) -> None:
    """What transformers knows to do is done: no word twice, beams."""
    folder = small_models.small_seq2seq()
    plain, once = await asked(
        desk,
        Request("what is it?", spec_of(folder)),
        Request("what is it?", spec_of(folder, generation={"repetition_penalty": 5.0})),
    )
    assert plain.text != once.text
    told: list[str] = []
    beams = spec_of(folder, generation={"num_beams": 3})
    together = await asked(desk, Request("what is it?", beams, tell=told.append), Request("hello", beams))
    (alone,) = await asked(desk, Request("what is it?", beams))
    assert alone.text == together[0].text == "".join(told)
    with pytest.raises(InputError, match="temperature: 0"):
        await desk.ask(Request("hello", beams.model_copy(update={"temperature": 1.0})))


def worded(build: Callable[[], Path], text: str, **settings: Any) -> tuple[str, bool]:
    with Shelf(10**9).lend(spec := spec_of(build(), **settings)) as loaded:
        return worded_text(loaded, Request(text, spec))


def test_chat_templates_are_used_where_they_are() -> None:
    """By default where the weights bring one, never twice over a prompt that is written out, and as the graph says."""
    chat, plain = small_models.small_chat_causal, small_models.small_causal
    assert worded(chat, "hi") == ("<s><user>hi</s><assistant>", True)
    assert worded(chat, "hi", system="Be kind.") == ("<s><system>Be kind.</s><user>hi</s><assistant>", True)
    assert worded(chat, "hi", chat=False) == ("hi", False)
    assert worded(chat, "<user>hi</s><assistant>") == ("<user>hi</s><assistant>", False)
    assert worded(plain, "hi", system="Be kind.") == ("Be kind.\n\nhi", False)
    assert worded(plain, "<s>hi") == ("<s>hi", True)
    with pytest.raises(InputError, match="chat: false"):
        worded(plain, "hi", chat=True)


def test_a_template_without_a_system_role_gets_it_with_the_question() -> None:
    """Nothing of the system message is lost."""
    spec = spec_of(small_models.small_chat_causal(), system="Be kind.")
    with Shelf(10**9).lend(spec) as loaded:
        refuse = "{% if messages[0].role == 'system' %}{{ raise_exception('no system role') }}{% endif %}"
        loaded.tokenizer.chat_template = refuse + loaded.tokenizer.chat_template
        assert worded_text(loaded, Request("hi", spec))[0] == "<s><user>Be kind.\n\nhi</s><assistant>"
