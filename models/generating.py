"""A batch of requests, generated together: prompts padded, keys and values cached, every row with its own settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..graphs.errors import InputError, OctographError, WorkerError, nearest
from .batching import GivenUp
from .emerging import EmergingText
from .loading import LoadedModel
from .packages import package
from .pictures import opened, pictured
from .requests import Reply, Request
from .rows import SAMPLING, Row, Rows
from .wording import token_ids

_SAID_ELSEWHERE = {
    "max_new_tokens": "max_tokens",
    "max_length": "max_tokens",
    "do_sample": "temperature",
    "temperature": "temperature",
    "top_p": "top_p",
    "seed": "seed",
    "stop_strings": "stop",
}

_ONE_TEXT = ("num_return_sequences", "return_dict_in_generate", "output_scores", "output_logits", "pad_token_id")

_SEVERAL_AT_ONCE = ("prompt_lookup_num_tokens", "assistant_early_exit", "is_assistant", "use_mtp")


def generate(loaded: LoadedModel, requests: Sequence[Request], given_up: GivenUp) -> list[Reply | Exception]:
    """Replies, in the order of requests whose `spec.generation` and number of pictures are the same.

    A request that can't be answered (its prompt is too long) gets its error, and holds up no other. A row that is given
    up ends at its next token. Raises InputError for settings that can't be, WorkerError if memory runs out.
    """
    prompts: list[Any] = []  # tokens, or opened pictures
    answered: list[Reply | Exception | None] = []
    for request in requests:
        try:
            loaded.fit(request.adapter)
            prompts.append(opened(request) if request.pictures else token_ids(loaded, request))
            answered.append(None)
        except OctographError as error:
            answered.append(error)
    asked = [nth for nth, error in enumerate(answered) if error is None]
    if asked:
        batch = [requests[nth] for nth in asked]
        with loaded.lock:  # padding is a state of the tokenizer
            inputs = pictured(loaded, batch, prompts) if batch[0].pictures else padded(loaded, prompts)
        replies = _run(loaded, batch, inputs, lambda nth: given_up(asked[nth]))
        for nth, reply in zip(asked, replies, strict=True):
            answered[nth] = reply
    return [reply for reply in answered if reply is not None]


def padded(loaded: LoadedModel, prompts: Sequence[Sequence[int]]) -> dict[str, Any]:
    """`input_ids` and `attention_mask` (rows, longest): padded at the left where the model writes on at the right."""
    torch = package("torch")
    longest, pad = max(map(len, prompts)), pad_token(loaded)
    left = loaded.task in ("causal", "vision")
    ids, mask = [], []
    for prompt in prompts:
        gap = longest - len(prompt)
        ids.append([*[pad] * gap, *prompt] if left else [*prompt, *[pad] * gap])
        mask.append([0] * gap + [1] * len(prompt) if left else [1] * len(prompt) + [0] * gap)
    return {
        "input_ids": torch.tensor(ids, device=loaded.device),
        "attention_mask": torch.tensor(mask, device=loaded.device),
    }


def pad_token(loaded: LoadedModel) -> int:
    """The token that fills up rows; any will do where the weights name none, for nothing looks at it."""
    pad = loaded.tokenizer.pad_token_id
    return next(iter(end_tokens(loaded)), 0) if pad is None else int(pad)


def end_tokens(loaded: LoadedModel) -> tuple[int, ...]:
    """The tokens that end an answer."""
    ends = loaded.model.generation_config.eos_token_id
    if ends is None:
        ends = loaded.tokenizer.eos_token_id
    return () if ends is None else (int(ends),) if isinstance(ends, int) else tuple(map(int, ends))


def _run(
    loaded: LoadedModel, requests: Sequence[Request], inputs: Mapping[str, Any], given_up: GivenUp
) -> list[Reply | Exception]:
    torch, transformers = package("torch"), package("transformers")
    lengths = inputs["attention_mask"].sum(dim=1).tolist()
    rows = [
        Row(request, length, _most(loaded, request, length), loaded.tokenizer, loaded.device)
        for request, length in zip(requests, lengths, strict=True)
    ]
    together = Rows(rows, end_tokens(loaded), given_up)
    extra = {key: value for key, value in _extra(requests[0]).items() if key not in SAMPLING}
    beams = extra.get("num_beams") or loaded.model.generation_config.num_beams or 1
    if type(beams) is not int or beams < 1:
        raise InputError(f"generation: num_beams is a whole number of at least 1, not {beams!r}")
    if beams > 1 and any(request.spec.temperature for request in requests):
        raise InputError(f"{loaded.place}: beams and a temperature exclude each other; write temperature: 0")
    if beams == 1:
        extra["logits_processor"] = transformers.LogitsProcessorList([together.choose])
        extra["stopping_criteria"] = transformers.StoppingCriteriaList([together.ended])
    try:
        with loaded.at_work([request.adapter for request in requests]) as model:
            generated = model.generate(
                **inputs,
                max_new_tokens=max(row.most for row in rows),
                do_sample=False,
                pad_token_id=pad_token(loaded),
                **extra,
            )
    except torch.OutOfMemoryError as error:
        raise WorkerError(f"{loaded.place}: no memory left for {len(rows)} calls at once; lower batch:") from error
    except (ValueError, TypeError) as error:
        if not requests[0].spec.generation:
            raise
        raise InputError(f"{loaded.place}: generation: {' '.join(str(error).split())[:300]}") from error
    if beams == 1:
        return [row.reply() for row in rows]
    begin = 1 if loaded.task == "seq2seq" else inputs["input_ids"].shape[1]
    return [_of_beams(loaded, row, ids) for row, ids in zip(rows, generated[:, begin:].tolist(), strict=True)]


def _of_beams(loaded: LoadedModel, row: Row, tokens: Sequence[int]) -> Reply:
    """The reply that a beam search found best; told at once, for its words are not certain before."""
    ends, pad = end_tokens(loaded), pad_token(loaded)
    length = next((nth for nth, token in enumerate(tokens) if token in ends or token == pad), None)
    text = EmergingText(loaded.tokenizer, row.request.spec.stop)
    for token in tokens[:length]:
        text.add(token)
    text.end()
    if row.request.tell is not None and text.text:
        row.request.tell(text.text)
    finish = "length" if length is None and not text.stopped else "stop"
    return Reply(text.text, len(tokens[:length]), row.prompt_tokens, finish)


def _most(loaded: LoadedModel, request: Request, length: int) -> int:
    if loaded.context is None or loaded.task == "seq2seq":
        return request.spec.max_tokens
    return min(request.spec.max_tokens, loaded.context - length)


def _extra(request: Request) -> dict[str, Any]:
    """The further settings of generation, which are data.

    `generate` takes other arguments besides, among them code to run (`custom_generate`): no graph file can say those.
    """
    extra = dict(request.spec.generation)
    known = [key for key in package("transformers").GenerationConfig().to_dict() if not key.startswith("_")]
    for key in extra:
        if key in _ONE_TEXT:
            raise InputError(f"generation: {key} does not go with one answer to one request; leave it out")
        if key in _SEVERAL_AT_ONCE:
            raise InputError(f"generation: {key} drafts tokens, which are taken one by one here; leave it out")
        if key in _SAID_ELSEWHERE:
            raise InputError(f"generation: {key} is said by {_SAID_ELSEWHERE[key]}: of the model; move it there")
        if key not in known:
            raise InputError(f"generation: {key!r} is no setting of transformers' generation{nearest(key, known)}")
    return extra
