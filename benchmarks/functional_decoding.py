"""What binding a language model to the neighbors costs, and what deciding for many requests together gains.

Targets: at most 1.10 of unconstrained greedy decoding of the same length; a batch of 16 at least 4 x one by one.
The model has about 10M parameters and random weights, which never end by themselves: every output has the same length.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from interleaved import race, ratio, table

from octograph import OctopusSpec, Place, Query, Trace
from octograph.graphs.sections import ModelSpec
from octograph.graphs.signature import Kind, Neighbor, Parameter, Signature
from octograph.models.shelf import shared_shelf
from octograph.planners.octopus.functional import FunctionalOctopus
from octograph.planners.octopus.functional.asked import Asked, Option
from octograph.planners.octopus.functional.prompting import Template
from octograph.planners.octopus.functional.writer import Writer

TOKENS = [f"<nexa_{number}>" for number in range(20)]
LENGTH, BATCH, ROUNDS = 48, 16, 9
REQUESTS = [
    f"Please tell me what {nth + 2} apples and {7 * nth} pears weigh, as a whole number." for nth in range(BATCH)
]
SIGNATURE = Signature((Parameter("city", Kind("city")), Parameter("days", Kind("integer"), False)))


def build(folder: Path, width: int = 320, layers: int = 6) -> int:
    """A Llama with functional tokens, of about 10M parameters by default; returns their exact number."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer, raw.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    text = [file.read_text(encoding="utf-8") for file in Path(__file__).parents[1].glob("docs/*.md")]
    trainer = trainers.BpeTrainer(vocab_size=8000, initial_alphabet=alphabet, show_progress=False)
    raw.train_from_iterator(text, trainer)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, pad_token="<pad>", eos_token="</s>")
    tokenizer.add_tokens([*TOKENS, "<nexa_end>", "<nexa_stop>"], special_tokens=True)
    torch.manual_seed(0)
    model = LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(tokenizer),
            hidden_size=width,
            intermediate_size=16 * width // 5,
            num_hidden_layers=layers,
            num_attention_heads=width // 64,
            max_position_embeddings=512,
            tie_word_embeddings=True,
            initializer_range=0.1,
        )
    )
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return int(model.num_parameters())


def asked(request: str, signature: Signature | None = None) -> Asked:
    options = tuple(Option(f"node{nth}", token, signature) for nth, token in enumerate(TOKENS))
    return Asked(Template(), request, options, longest=LENGTH)


def constrained(
    spec: ModelSpec, requests: Sequence[str], signature: Signature | None = None
) -> Callable[[], Awaitable[Any]]:
    writer = Writer(spec)
    questions = [asked(request, signature) for request in requests]

    async def run() -> object:
        answers = writer.answer(questions)
        assert all(not isinstance(answer, Exception) for answer in answers), answers
        return answers

    return run


def prompts(spec: ModelSpec, requests: Sequence[str]) -> Any:
    """(rows, tokens), (rows, tokens): the same prompts, tokenized before the clock runs."""
    with shared_shelf().lend(spec) as loaded:
        texts = [f"Request: {request}\nCall:" for request in requests]
        batch = loaded.tokenizer(texts, padding=True, padding_side="left", return_tensors="pt")
        return batch["input_ids"], batch["attention_mask"]


def bare_loop(spec: ModelSpec, requests: Sequence[str]) -> Callable[[], Awaitable[Any]]:
    """The same model and cache, the most probable token each time, nothing else."""
    import torch

    ids, mask = prompts(spec, requests)

    async def run() -> object:
        with shared_shelf().lend(spec) as loaded, loaded.at_work() as model:
            shown, seen, cache, written = ids, mask, None, []
            for _ in range(LENGTH):
                positions = (seen.cumsum(1) - 1).clamp(min=0)[:, -shown.shape[1] :]
                out = model(
                    input_ids=shown,
                    attention_mask=seen,
                    position_ids=positions,
                    past_key_values=cache,
                    use_cache=True,
                    logits_to_keep=1,
                )
                shown, cache = out.logits[:, -1].argmax(-1, keepdim=True), out.past_key_values
                seen = torch.cat([seen, seen.new_ones(len(seen), 1)], dim=1)
                written.append(shown.squeeze(1).tolist())
            return written

    return run


def generate(spec: ModelSpec, requests: Sequence[str]) -> Callable[[], Awaitable[Any]]:
    """transformers' own greedy generation."""
    ids, mask = prompts(spec, requests)

    async def run() -> object:
        with shared_shelf().lend(spec) as loaded, loaded.at_work() as model:
            return model.generate(
                input_ids=ids,
                attention_mask=mask,
                min_new_tokens=LENGTH,
                max_new_tokens=LENGTH,
                do_sample=False,
                pad_token_id=0,
            )

    return run


def deciding(spec: ModelSpec, together: bool) -> Callable[[], Awaitable[Any]]:
    """The whole Octopus: 16 decisions asked for at once, or one after the other."""
    octopus = FunctionalOctopus(OctopusSpec(backend="functional", model=spec))
    cards = [Neighbor(f"node{nth}", token=token) for nth, token in enumerate(TOKENS)]

    def choose(request: str) -> Any:
        return octopus.choose(Query(request), Place("desk"), cards, Trace("benchmark", request))

    async def run() -> object:
        if together:
            return await asyncio.gather(*map(choose, REQUESTS))
        return [await choose(request) for request in REQUESTS]

    return run


async def main() -> None:
    import torch

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        size = build(Path(folder))
        spec = ModelSpec(name=folder, batch=BATCH, max_tokens=LENGTH, device="cpu")
        rows = []
        for count in (1, BATCH):
            requests = REQUESTS[:count]
            contenders = {
                "constrained": constrained(spec, requests),
                "typed arguments": constrained(spec, requests, SIGNATURE),
                "bare loop": bare_loop(spec, requests),
                "generate": generate(spec, requests),
            }
            times = await race(contenders, ROUNDS)
            for name in ("constrained", "typed arguments"):
                cells = [f"{1000 * median(times[who]) / count:.1f}" for who in (name, "bare loop", "generate")]
                ratios = [f"{ratio(times, name, peer):.2f}" for peer in ("bare loop", "generate")]
                rows.append((f"{name}, {count} at once", *cells, *ratios))
        head = ("decoding", "ms a request", "bare loop", "generate", "to bare loop (<= 1.10)", "to generate (<= 1.10)")
        table(f"{size / 1e6:.1f}M parameters, {LENGTH} tokens an output, CPU ms on one thread", head, rows)
        times = await race({"one by one": deciding(spec, False), "together": deciding(spec, True)}, ROUNDS)
        gain = ratio(times, "one by one", "together")
        each = [f"{1000 * median(times[name]) / BATCH:.1f}" for name in ("one by one", "together")]
        table(
            "Decisions of the whole Octopus, CPU ms each",
            ("16 decisions", "one by one", "together", "gain (>= 4)"),
            [("", *each, f"{gain:.1f}x")],
        )


if __name__ == "__main__":
    asyncio.run(main())
