"""Language models that the tests build themselves: every architecture that matters, tiny, with random weights.

Each function gives the folder of one model, as `save_pretrained` leaves it; it is built when first asked for and kept,
so that runs and processes beside each other (pytest-xdist) build it once.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

TEXT = """
Which country has the longest coast, and which river flows through the most capitals? The teacher asked the class to
find the derivative of the function f(x) = x^3 at x = 2, and to write the result as a whole number. A contract is an
agreement between two parties that a court will enforce. Water boils at a lower temperature in the mountains because
the pressure of the air is lower there. The history of the city begins with a small harbor, a market and a wall. How do
plants turn sunlight into sugar? Explain in three sentences why prices rise when more money is spent on fewer goods.
The patient has had a fever since Monday; what should the doctor look for first? Sort the list of numbers, then remove
every number that occurs twice. A sentence may hold 'single quotes', "double quotes", (parentheses), [brackets] and
{braces}; it may end with a question mark? or an exclamation mark! Convert 5 miles to kilometers, and 70 kilograms to
pounds. Translate the following text into French: good morning, dear friends. The soup was hot, the bread was excellent,
and the people were kind; we would gladly come again. Physics, chemistry, biology, computer science, mathematics,
engineering, philosophy, law, politics, culture, economics, geography, psychology, business and health are fields.
Yes, no, maybe. One, two, three, four, five, six, seven, eight, nine, ten. Red, green, blue. North, south, east, west.
"""
SPECIAL = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "mask_token": "<mask>"}
IMAGE = "<image>"
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{{ '<' + message['role'] + '>' + message['content'] + eos_token }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<assistant>' }}{% endif %}"
)
SMALL = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "max_position_embeddings": 512,
    "initializer_range": 0.2,
}
LABELS = ("bad", "good", "neither")


def cache() -> Path:
    """Where built models are kept: another folder whenever this file or the libraries change."""
    made_of = Path(__file__).read_bytes() + version("transformers").encode() + version("peft").encode()
    return Path(tempfile.gettempdir()) / f"octograph-small-models-{hashlib.sha256(made_of).hexdigest()[:12]}"


def small_tokenizer(wrap: str = "<s>", chat: bool = False) -> Any:
    """A byte-level BPE tokenizer, trained on TEXT, that puts `wrap` around what it encodes (`<s>`, `</s>`, or both)."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE(unk_token=None))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=640,
        special_tokens=[*SPECIAL.values(), IMAGE],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TEXT.splitlines(), trainer)
    before, after = ("<s> " if "<s>" in wrap else ""), (" </s>" if "</s>" in wrap else "")
    ids = [(token, tokenizer.token_to_id(token)) for token in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(single=f"{before}$A{after}", special_tokens=ids)
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, additional_special_tokens=[IMAGE], model_max_length=512, **SPECIAL
    )
    if chat:
        fast.chat_template = CHAT_TEMPLATE
    return fast


def small_causal(folder: Path | None = None) -> Path:
    """A Llama."""
    return _built("causal", lambda to: _save_llama(to, chat=False), folder)


def small_chat_causal(folder: Path | None = None) -> Path:
    """A Llama whose tokenizer brings a chat template."""
    return _built("chat-causal", lambda to: _save_llama(to, chat=True), folder)


def small_echo_causal(folder: Path | None = None) -> Path:
    """A Llama trained to answer `hello =>` with `done: hello`, `n0` to `n9` alike, and `fail =>` with nothing."""

    def build(to: Path) -> None:
        import torch
        from transformers import LlamaConfig, LlamaForCausalLM

        tokenizer = small_tokenizer()
        learned = [(word, f" done: {word}") for word in ("hello", *(f"n{number}" for number in range(10)))]
        texts = [tokenizer(f"{word} =>{answer}")["input_ids"] + [2] for word, answer in [*learned, ("fail", "")]]
        longest = max(map(len, texts))
        ids = torch.tensor([text + [0] * (longest - len(text)) for text in texts])
        mask = torch.tensor([[1] * len(text) + [0] * (longest - len(text)) for text in texts])
        with torch.random.fork_rng():
            torch.manual_seed(7)
            model = LlamaForCausalLM(LlamaConfig(**{**SMALL, "initializer_range": 0.05}, **_ids(tokenizer)))
            optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0)
            for _ in range(60):
                loss = model(input_ids=ids, attention_mask=mask, labels=ids.masked_fill(mask == 0, -100)).loss
                loss.backward()
                optimizer.step()
                optimizer.zero_grad()
        model.save_pretrained(to)
        tokenizer.save_pretrained(to)

    return _built("echo-causal", build, folder)


def small_phi3(folder: Path | None = None) -> Path:
    """A Phi-3, the architecture of the published Octopus v4 weights."""

    def build(to: Path) -> None:
        from transformers import Phi3Config, Phi3ForCausalLM

        tokenizer = small_tokenizer()
        _save(to, Phi3ForCausalLM, Phi3Config(**SMALL, **_ids(tokenizer)), tokenizer)

    return _built("phi3", build, folder)


def small_seq2seq(folder: Path | None = None) -> Path:
    """A T5."""

    def build(to: Path) -> None:
        from transformers import T5Config, T5ForConditionalGeneration

        tokenizer = small_tokenizer("</s>")
        ids = _ids(tokenizer)
        shape = {"d_model": 64, "d_kv": 16, "d_ff": 128, "num_layers": 2, "num_heads": 4}
        config = T5Config(**shape, **ids, decoder_start_token_id=ids["pad_token_id"], initializer_factor=3.0)
        _save(to, T5ForConditionalGeneration, config, tokenizer)

    return _built("seq2seq", build, folder)


def small_masked(folder: Path | None = None) -> Path:
    """A RoBERTa that fills masks."""

    def build(to: Path) -> None:
        from transformers import RobertaConfig, RobertaForMaskedLM

        tokenizer = small_tokenizer("<s></s>")
        _save(to, RobertaForMaskedLM, RobertaConfig(**SMALL, **_ids(tokenizer)), tokenizer)

    return _built("masked", build, folder)


def small_classifier(folder: Path | None = None) -> Path:
    """A RoBERTa with a classification head over LABELS."""

    def build(to: Path) -> None:
        from transformers import RobertaConfig, RobertaForSequenceClassification

        tokenizer = small_tokenizer("<s></s>")
        labels = dict(enumerate(LABELS))
        config = RobertaConfig(
            **SMALL, **_ids(tokenizer), id2label=labels, label2id={label: nth for nth, label in labels.items()}
        )
        _save(to, RobertaForSequenceClassification, config, tokenizer)

    return _built("classifier", build, folder)


def small_vision_language(folder: Path | None = None) -> Path:
    """A LLaVA: a CLIP tower of 4 patches a picture before a Llama. `<image>` in the prompt stands for a picture."""

    def build(to: Path) -> None:
        from transformers import (
            CLIPImageProcessorPil,
            CLIPVisionConfig,
            LlamaConfig,
            LlavaConfig,
            LlavaForConditionalGeneration,
            LlavaProcessor,
        )

        tokenizer = small_tokenizer()
        vision = CLIPVisionConfig(
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            image_size=16,
            patch_size=8,
            initializer_range=0.2,
        )
        image = tokenizer.convert_tokens_to_ids(IMAGE)
        config = LlavaConfig(
            vision_config=vision,
            text_config=LlamaConfig(**SMALL, **_ids(tokenizer)),
            image_token_index=image,
            image_token_id=image,
            image_seq_length=4,
            initializer_range=0.2,
        )
        _save(to, LlavaForConditionalGeneration, config, tokenizer)
        pictures = CLIPImageProcessorPil(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16})
        LlavaProcessor(
            pictures,
            tokenizer,
            patch_size=8,
            vision_feature_select_strategy="default",
            image_token=IMAGE,
            num_additional_image_tokens=1,
        ).save_pretrained(to)

    return _built("vision-language", build, folder)


def small_adapter(base: Path, folder: Path | None = None, seed: int = 0, rank: int = 4) -> Path:
    """A LoRA adapter on every linear layer of `base`, random in both its matrices, so that it changes what is said."""

    def build(to: Path) -> None:
        import peft
        import torch
        import transformers

        config = transformers.AutoConfig.from_pretrained(base)
        model = getattr(transformers, config.architectures[0]).from_pretrained(base)
        with torch.random.fork_rng():
            torch.manual_seed(1000 + seed)
            lora = peft.LoraConfig(r=rank, lora_alpha=2 * rank, target_modules="all-linear", init_lora_weights=False)
            peft.get_peft_model(model, lora).save_pretrained(to)

    return _built(f"{base.name}-adapter-{seed}-rank-{rank}", build, folder)


def _save_llama(to: Path, chat: bool) -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    tokenizer = small_tokenizer(chat=chat)
    _save(to, LlamaForCausalLM, LlamaConfig(**SMALL, **_ids(tokenizer)), tokenizer)


def _ids(tokenizer: Any) -> dict[str, int]:
    return {
        "vocab_size": len(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
        "bos_token_id": tokenizer.bos_token_id,
        "eos_token_id": tokenizer.eos_token_id,
    }


def _save(to: Path, architecture: Any, config: Any, tokenizer: Any) -> None:
    """Weights drawn with a fixed seed, and the tokenizer."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(7)
        architecture(config).save_pretrained(to)
    tokenizer.save_pretrained(to)


def _built(name: str, build: Callable[[Path], None], folder: Path | None) -> Path:
    target = (folder or cache()) / name
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as beside:
            build(Path(beside) / name)
            try:
                os.replace(Path(beside) / name, target)
            except OSError:  # another process has been faster
                if not target.exists():
                    raise
    return target
