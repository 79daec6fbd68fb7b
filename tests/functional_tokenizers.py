"""Tokenizers of both families that language models use, with functional tokens, made by the tests."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import small_models

TOKENS = ["<nexa_0>", "<nexa_1>", "<nexa_end>", "<nexa_stop>"]
PLAIN_TOKEN = "<fn_7>"
"""Added without being a special token: tokenizers find such ones in any text."""


@cache
def byte_level() -> Any:
    """As of GPT-2, Llama 3, Qwen."""
    return _with_tokens(small_models.small_tokenizer())


@cache
def with_spaces() -> Any:
    """As of Llama 2, Mistral and Phi-3: a space before every run of text, bytes where a character is unknown."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    raw = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
    raw.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    raw.pre_tokenizer = pre_tokenizers.Split("▁", "merged_with_next")  # while it learns: no token spans two words
    strip = decoders.Strip(" ", 1, 0)
    raw.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), strip])
    special = ["<unk>", "<s>", "</s>"]
    trainer = trainers.BpeTrainer(
        vocab_size=900, special_tokens=[*special, *(f"<0x{byte:02X}>" for byte in range(256))], show_progress=False
    )
    raw.train_from_iterator([*small_models.TEXT.splitlines(), *["('a')"] * 5], trainer)
    data = json.loads(raw.to_str())
    data["added_tokens"] = data["added_tokens"][: len(special)]
    data["pre_tokenizer"] = None
    return _with_tokens(
        PreTrainedTokenizerFast(
            tokenizer_object=Tokenizer.from_str(json.dumps(data)),
            bos_token="<s>",
            eos_token="</s>",
            unk_token="<unk>",
            add_bos_token=True,
        )
    )


TOKENIZERS = {"byte_level": byte_level, "with_spaces": with_spaces}


def _with_tokens(tokenizer: Any) -> Any:
    tokenizer.add_tokens(TOKENS, special_tokens=True)
    tokenizer.add_tokens([PLAIN_TOKEN])
    return tokenizer
