"""A small chat model whose context has room for what a chat Octopus tells: the one of `small_models`, made longer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from small_models import _built, small_chat_causal

CONTEXT = 16_384


def long_chat_causal(context: int = CONTEXT) -> Path:
    """A Llama with a chat template; its random weights choose at random, and always the same."""

    def build(to: Path) -> None:
        shutil.copytree(small_chat_causal(), to)
        for file, key in (("config.json", "max_position_embeddings"), ("tokenizer_config.json", "model_max_length")):
            data = json.loads((to / file).read_text(encoding="utf-8"))
            (to / file).write_text(json.dumps({**data, key: context}), encoding="utf-8")

    return _built(f"chat-causal-{context}", build, None)
