"""What models do that don't write: fill masks, and tell classes. A whole batch goes through in one pass."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from ..graphs.errors import ArgumentError, InputError, OctographError
from .batching import GivenUp
from .generating import padded
from .loading import LoadedModel
from .packages import package
from .pieces import Piece
from .requests import Reply, Request
from .wording import token_ids

MASK = "{mask}"
"""What stands for a mask in prompts, whatever the model's own mask is."""
_MASK = re.compile(r"\{mask\}|\[MASK\]|<mask>")
_CANDIDATES = 5

_Judge = Callable[[Request, list[int], Any], Reply]
"""From a request, its tokens and its row of the logits, to what they mean."""


def fill_masks(loaded: LoadedModel, requests: Sequence[Request], given_up: GivenUp) -> list[Reply | Exception]:
    """Each text with its masks filled; the scores are the candidates of each mask, `generation: {top_k: 5}` of them.

    The `generation` of all requests is the same. Raises InputError for one that means nothing.
    """
    own, mask = loaded.tokenizer.mask_token, loaded.tokenizer.mask_token_id
    candidates = _candidates(requests[0])

    def judge(request: Request, ids: list[int], logits: Any) -> Reply:
        places = [place for place, token in enumerate(ids) if token == mask]
        if not places:
            raise ArgumentError(f"nothing to fill in: write {MASK} into the prompt, where the word is to stand")
        logs = package("torch").log_softmax(logits[places].float(), dim=-1)  # (masks, vocabulary)
        best = logs.topk(min(candidates, logs.shape[-1]))
        scores: list[dict[str, float]] = []
        for place, values, tokens in zip(places, best.values.tolist(), best.indices.tolist(), strict=True):
            ids[place] = tokens[0]
            scores.append({})
            for log, token in zip(values, tokens, strict=True):
                scores[-1].setdefault(loaded.tokenizer.decode([token]).strip(), math.exp(log))
        text = loaded.tokenizer.decode(ids, skip_special_tokens=True)
        return Reply(text, len(places), len(ids), "stop", float(best.values[:, 0].sum()), tuple(scores))

    return _judged(loaded, [_with_own_mask(request, own) for request in requests], judge)


def classify(loaded: LoadedModel, requests: Sequence[Request], given_up: GivenUp) -> list[Reply | Exception]:
    """The most probable class of each text; the scores are the probabilities of all classes.

    A model that was trained to give a number gives that number.
    """
    config = loaded.model.config
    for key in requests[0].spec.generation:
        raise InputError(f"generation: {key} means nothing to a model that tells classes; leave it out")

    def judge(request: Request, ids: list[int], logits: Any) -> Reply:
        if config.problem_type == "regression":
            value = float(logits[0])
            return Reply(f"{value:.6g}", 0, len(ids), scores={str(config.id2label[0]): value})
        each = config.problem_type == "multi_label_classification" or logits.shape[-1] == 1
        chances = (logits.float().sigmoid() if each else logits.float().softmax(-1)).tolist()
        order = sorted(range(len(chances)), key=lambda nth: -chances[nth])
        scores = {str(config.id2label[nth]): chances[nth] for nth in order}
        return Reply(next(iter(scores)), 0, len(ids), "stop", math.log(max(chances[order[0]], 1e-300)), scores)

    return _judged(loaded, requests, judge)


def _candidates(request: Request) -> int:
    """How many are told of each mask. Raises InputError for settings that masks know nothing of."""
    for key in request.spec.generation:
        if key != "top_k":
            raise InputError(f"generation: {key} means nothing to a model that fills masks; top_k alone does")
    count = request.spec.generation.get("top_k", _CANDIDATES)
    if type(count) is not int or count < 1:
        raise InputError(f"generation: top_k is a whole number of at least 1, not {count!r}")
    return count


def _judged(loaded: LoadedModel, requests: Sequence[Request], judge: _Judge) -> list[Reply | Exception]:
    prompts: dict[int, list[int]] = {}
    replies: dict[int, Reply | Exception] = {}
    for nth, request in enumerate(requests):
        try:
            loaded.fit(request.adapter)
            prompts[nth] = token_ids(loaded, request)
        except OctographError as error:
            replies[nth] = error
    if prompts:
        with loaded.at_work([requests[nth].adapter for nth in prompts]) as model:
            logits = model(**padded(loaded, list(prompts.values()))).logits
        for row, (nth, ids) in enumerate(prompts.items()):
            try:
                replies[nth] = judge(requests[nth], ids, logits[row])
            except OctographError as error:
                replies[nth] = error
    return [replies[nth] for nth in range(len(requests))]


def _with_own_mask(request: Request, own: str) -> Request:
    pieces: list[Piece] = []
    for text, ours in request.pieces:
        parts = _MASK.split(text)
        pieces += [piece for part in parts[:-1] for piece in (Piece(part, ours), Piece(own, ours=True))]
        pieces.append(Piece(parts[-1], ours))
    return replace(request, said=tuple(pieces))
