"""What many LoRA adapters on one base cost: memory, against the base alone, and time, where every row has its own.

Targets: a base with 17 adapters takes at most 1.3 times the memory of the base. The base is a Llama of 110M parameters
with random weights, built here; the smaller a base is, the more its adapters weigh beside it.
"""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from interleaved import race, ratio, table

from octograph.graphs.sections import ModelSpec
from octograph.models.memory import bytes_held
from octograph.models.shelf import Shelf

ADAPTERS = 17
ROWS = 16
TOKENS = 8
ATTENTION = ["q_proj", "k_proj", "v_proj", "o_proj"]
LAYERS = [*ATTENTION, "gate_proj", "up_proj", "down_proj"]
SHAPES = {
    "rank 8, attention": (8, ATTENTION),
    "rank 8, every layer": (8, LAYERS),
    "rank 16, attention": (16, ATTENTION),
}
BASE = {
    "vocab_size": 32000,
    "hidden_size": 768,
    "intermediate_size": 2048,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "tie_word_embeddings": True,
}


def build(folder: Path) -> None:
    """The base and its adapters, under `folder`."""
    import peft
    import torch
    from tokenizers import Tokenizer, models
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    torch.manual_seed(1)
    LlamaForCausalLM(LlamaConfig(**BASE)).save_pretrained(folder / "base")
    words = Tokenizer(models.WordLevel({"a": 3, "<pad>": 0}, unk_token="a"))
    PreTrainedTokenizerFast(tokenizer_object=words, pad_token="<pad>").save_pretrained(folder / "base")
    for name, (rank, layers) in SHAPES.items():
        model = LlamaForCausalLM.from_pretrained(folder / "base")
        lora = peft.LoraConfig(r=rank, target_modules=layers, init_lora_weights=False)
        adapted = peft.get_peft_model(model, lora)
        for nth in range(ADAPTERS):
            adapted.save_pretrained(folder / name / str(nth))


def resident() -> int:
    """Bytes of this process in memory."""
    import psutil

    gc.collect()
    return int(psutil.Process().memory_info().rss)


def measure_memory(folder: Path, name: str) -> None:
    """Prints four figures: bytes of parameters and bytes resident, of the base alone and with its adapters."""
    import torch
    import transformers

    torch.set_num_threads(1)
    transformers.LlamaForCausalLM(transformers.LlamaConfig(**{**BASE, "num_hidden_layers": 1, "vocab_size": 8}))
    import peft  # noqa: F401

    before = resident()
    with Shelf().lend(ModelSpec(name=str(folder / "base"))) as loaded:
        ids = torch.ones(1, 4, dtype=torch.long)
        with loaded.at_work() as model:
            model(ids)
            for parameter in model.parameters():
                parameter.sum()  # weights are mapped, and only in memory once they are read
        figures = [bytes_held(loaded.model), resident() - before]
        places = [str(folder / name / str(nth)) for nth in range(ADAPTERS)]
        with loaded.at_work(places) as model:
            model(ids.repeat(ADAPTERS, 1))
        figures += [bytes_held(loaded.model), resident() - before]
    print(*figures)


def memory_table(folder: Path) -> None:
    rows = []
    for name in SHAPES:
        command = [sys.executable, __file__, "memory", str(folder), name]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        alone, alone_resident, all_, all_resident = map(int, printed.split())
        rows.append(
            (
                name,
                *(f"{size / 2**20:.0f}" for size in (alone, all_)),
                f"{all_ / alone:.3f}",
                *(f"{size / 2**20:.0f}" for size in (alone_resident, all_resident)),
                f"{all_resident / alone_resident:.3f}",
            )
        )
    head = ("adapters", "base, MiB", "with 17", "ratio", "resident, MiB", "with 17", "ratio")
    table("One base with 17 adapters against the base alone (target: at most 1.3)", head, rows)


async def time_table(folder: Path, rounds: int = 5) -> None:
    import torch

    torch.set_num_threads(1)
    rows = []
    with Shelf().lend(ModelSpec(name=str(folder / "base"))) as loaded:
        ids = torch.ones(ROWS, 16, dtype=torch.long)

        def contender(places: list[str | None]) -> Any:
            async def run() -> None:
                with loaded.at_work(places) as model:
                    model.generate(
                        ids, attention_mask=torch.ones_like(ids), max_new_tokens=TOKENS, min_new_tokens=TOKENS
                    )

            return run

        bare = await race({"bare": contender([])}, rounds)
        for name in SHAPES:
            places: list[str | None] = [str(folder / name / str(nth)) for nth in range(ROWS)]
            contenders = {
                "none": contender([None] * ROWS),
                "one": contender([places[0]] * ROWS),
                "all": contender(places),
            }
            times = await race(contenders, rounds)
            cells = [f"{ratio(times, peer, 'none'):.2f}" for peer in ("one", "all")]
            rows.append((name, f"{1000 * min(bare['bare']):.0f}", f"{1000 * min(times['none']):.0f}", *cells))
    head = ("adapters", "never adapted, ms", "no adapter, ms", "one for all", "16 adapters")
    table(f"A batch of {ROWS}, {TOKENS} tokens each: CPU time against the same batch without adapters", head, rows)


def main() -> None:
    if sys.argv[1:2] == ["memory"]:
        measure_memory(Path(sys.argv[2]), sys.argv[3])
        return
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept)
        build(folder)
        memory_table(folder)
        asyncio.run(time_table(folder))


if __name__ == "__main__":
    main()
