"""The model that training starts from: one from a folder or the hub, or a new one, functional tokens added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ...graphs.errors import InputError
from ...models.loading import read_config
from ...models.locating import fetched, located
from ...models.tasks import task_of
from ...models.trust import remote_code_trusted
from ..packages import package
from .options import NEW, FunctionalOptions, Shape

PAD, END_OF_TEXT = "<pad>", "</s>"


def start(options: FunctionalOptions, texts: Iterable[str], tokenizer: Any = None) -> tuple[Any, Any]:
    """The base model, in float32 (bfloat16 on a GPU that has it), and its tokenizer.

    `texts` are what a new tokenizer is learned from, if there is no `tokenizer` for it yet. Raises InputError for a
    base that is not there or no causal one.
    """
    transformers, torch = package("transformers"), package("torch")
    transformers.set_seed(options.seed)
    if options.base == NEW:
        tokenizer = tokenizer or new_tokenizer(texts, options.shape.vocabulary)
        return new_model(tokenizer, options.shape), tokenizer
    place = located(options.base)
    folder = fetched(place)
    task = task_of(read_config(place, folder), place)
    if task != "causal":
        raise InputError(f"--base {options.base}: a model for {task}; an Octopus needs a causal language model")
    trusted = remote_code_trusted()
    dtype = torch.bfloat16 if torch.cuda.is_available() and torch.cuda.is_bf16_supported() else torch.float32
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, trust_remote_code=trusted)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, trust_remote_code=trusted)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    return model, tokenizer


def new_tokenizer(texts: Iterable[str], size: int) -> Any:
    """A byte-level BPE tokenizer learned from texts; numbers are spelled digit by digit, so that they can be copied."""
    tokenizers, transformers = package("tokenizers"), package("transformers")
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    split = tokenizers.pre_tokenizers
    tokenizer.pre_tokenizer = split.Sequence(
        [split.Digits(individual_digits=True), split.ByteLevel(add_prefix_space=False)]
    )
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=size,
        min_frequency=3,
        special_tokens=[PAD, END_OF_TEXT],
        initial_alphabet=split.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token=PAD, eos_token=END_OF_TEXT)


def new_model(tokenizer: Any, shape: Shape) -> Any:
    """A Llama with random weights."""
    transformers = package("transformers")
    config = transformers.LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=shape.width,
        intermediate_size=3 * shape.width,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        max_position_embeddings=shape.context,
        tie_word_embeddings=True,
        bos_token_id=None,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    return transformers.LlamaForCausalLM(config)


def add_tokens(model: Any, tokenizer: Any, tokens: Mapping[str, str]) -> list[str]:
    """Make every functional token one token of the vocabulary; returns those that are new.

    `tokens` says for each what its node is for. A new one's rows begin as the mean of the rows of these words, so that
    it starts out near what it will stand for.
    """
    torch, tokenizers = package("torch"), package("tokenizers")
    known = tokenizer.get_vocab()
    added = [token for token in tokens if token not in known]
    if not added:
        return []
    words = {token: tokenizer(tokens[token], add_special_tokens=False)["input_ids"] for token in added}
    tokenizer.add_tokens(
        [tokenizers.AddedToken(token, special=True, normalized=False) for token in added], special_tokens=True
    )
    rows_before = model.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > rows_before:
        model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    with torch.no_grad():
        for layer in _vocabulary_layers(model):
            everything = layer.weight[: len(known)].mean(dim=0)  # (width,)
            for token in added:
                ids = words[token]
                mean = layer.weight[ids].mean(dim=0) if ids else everything
                layer.weight[tokenizer.convert_tokens_to_ids(token)] = mean
    return added


def _vocabulary_layers(model: Any) -> list[Any]:
    """The layers with a row for every token: one if they are tied."""
    first, last = model.get_input_embeddings(), model.get_output_embeddings()
    return [first] if last is None or last.weight is first.weight else [first, last]
