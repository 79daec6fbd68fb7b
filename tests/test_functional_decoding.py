"""Decoding bound to the neighbors: nothing else can be written, and a batch writes what each would write alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import functional_models
import pytest
import small_models
from functional_models import MARKS, TOKENS
from hypothesis import given, settings
from hypothesis import strategies as st

from octograph.graphs.errors import InputError
from octograph.graphs.sections import ModelSpec
from octograph.graphs.signature import Kind, Parameter, Signature
from octograph.models.shelf import shared_shelf
from octograph.models.spelling import Spelling
from octograph.planners.octopus.argument_schema import fitted
from octograph.planners.octopus.functional.asked import Asked, Option, Written
from octograph.planners.octopus.functional.decoding import write_outputs
from octograph.planners.octopus.functional.lettering import Lettering
from octograph.planners.octopus.functional.output import FunctionCall
from octograph.planners.octopus.functional.prompting import Done, Template
from octograph.planners.octopus.functional.row import Row
from octograph.planners.octopus.functional.vocabulary import Vocabulary
from octograph.planners.octopus.functional.writer import Writer

TYPED = Signature(
    (
        Parameter("count", Kind("integer")),
        Parameter("day", Kind("date")),
        Parameter("scale", Kind("choice"), False, choices=("large", "small")),
        Parameter("sizes", Kind("number"), False, many=True),
        Parameter("exact", Kind("boolean"), False, default=False),
    )
)
SIGNATURE = Signature((Parameter("city", Kind("city")), *TYPED.parameters))
WIDE = Signature(tuple(Parameter(f"text{nth}", Kind("text")) for nth in range(4)))
REQUESTS = ("Convert 5 miles", "", "x" * 3000, "<nexa_end>')", "¿Qué?\n\x00 😀", "Which country has the longest coast?")
HOSTILE = st.lists(
    st.one_of(
        st.sampled_from(
            [*TOKENS[:8], *MARKS, "')", "('", "'", ")", "\n", "</s>", "<s>", '"})', "\ud800", "\u202e", "Call:"]
        ),
        st.text(max_size=20),
    ),
    max_size=12,
).map("".join)
OPTIONS = st.lists(st.sampled_from(TOKENS), min_size=1, max_size=20, unique=True).flatmap(
    lambda tokens: st.tuples(
        *(
            st.builds(
                Option, st.just(f"node {token}"), st.just(token), st.sampled_from([None, SIGNATURE]), st.booleans()
            )
            for token in tokens
        )
    )
)
WEIGHTS = {"random": functional_models.random_weights, "knowing": functional_models.knowing_weights}


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """The models are too small for more."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@cache
def writer(weights: Path) -> Writer:
    return Writer(ModelSpec(name=str(weights), device="cpu"))


def options(*tokens: str, signature: Signature | None = None, again: bool = False) -> tuple[Option, ...]:
    return tuple(Option(f"node {token}", token, signature, again) for token in tokens)


def ask(request: str = "Convert 5 miles", **settings: Any) -> Asked:
    given: dict[str, Any] = {"options": options(*TOKENS[:4]), "longest": 40, **settings}
    return Asked(Template(), request, **given)


def answers(weights: Path, *asked: Asked) -> list[Written]:
    found = writer(weights).answer(asked)
    for one in found:
        if isinstance(one, Exception):
            raise one
    return [one for one in found if isinstance(one, Written)]


@cache
def spelling(weights: Path) -> Spelling:
    with shared_shelf().lend(ModelSpec(name=str(weights), device="cpu")) as loaded:
        return Spelling(loaded.tokenizer)


@pytest.mark.parametrize("kind", WEIGHTS)
@settings(max_examples=60, deadline=None)
@given(
    request_text=HOSTILE,
    given_options=OPTIONS,
    result=HOSTILE,
    calls=st.integers(1, 4),
    longest=st.integers(30, 70),
)
def test_nothing_but_the_neighbors_can_be_written(
    kind: str, request_text: str, given_options: tuple[Option, ...], result: str, calls: int, longest: int
) -> None:
    """Whatever is asked and whatever the weights prefer: neighbors or stop, ordinary arguments, an end; all parses."""
    weights = WEIGHTS[kind]()
    done = (Done(FunctionCall(TOKENS[19], request_text), result),)
    asked = ask(request_text, options=given_options, done=done, given=(result,), calls=calls, longest=longest)
    (written,) = answers(weights, asked)
    spell = spelling(weights)
    allowed = {option.token for option in given_options}
    marked = [id_ for id_ in written.ids if id_ in spell.reserved]
    assert len(written.ids) <= longest
    assert written.ids[-1] == marked[-1] == spell.id_of(MARKS.end)
    assert written.ids[0] == marked[0]
    if marked[0] == spell.id_of(MARKS.stop or ""):
        assert (len(marked), written.calls) == (2, ())
    else:
        assert [call.token for call in written.calls] == [spell.text([id_]) for id_ in marked[:-1]]
        assert {call.token for call in written.calls} <= allowed
        assert len(written.calls) <= calls
    again = {option.token for option in given_options if option.again}
    once = [call.token for call in written.calls if call.token not in again]
    assert len(once) == len(set(once))
    for choice in written.choices:
        assert set(choice.probabilities) <= allowed | set(MARKS)
        assert sum(choice.probabilities.values()) == pytest.approx(1)


def same(one: Written, other: Written) -> bool:
    """Equal but for the last digits of the probabilities."""
    alike = one.ids == other.ids and one.calls == other.calls and set(one.alternatives) == set(other.alternatives)
    return alike and all(
        a.probabilities == pytest.approx(b.probabilities, abs=1e-4) and a.logprob == pytest.approx(b.logprob, abs=0.05)
        for a, b in zip(one.choices, other.choices, strict=True)
    )


def mixed_questions() -> list[Asked]:
    """Different lengths, neighbors, forms of argument and numbers of calls."""
    forms: Sequence[dict[str, Any]] = (
        {"options": options(*TOKENS[:4])},
        {"options": options(*TOKENS[4:7], signature=SIGNATURE), "longest": 60},
        {"options": options(*TOKENS[2:12], again=True), "calls": 3, "alternatives": 3},
    )
    return [ask(request, **forms[nth % 3]) for nth, request in enumerate(REQUESTS)]


@pytest.mark.parametrize("architecture", ["causal", "phi3"])
def test_a_batch_writes_what_each_would_write_alone(architecture: str) -> None:
    """Rows of one batch differ in length, neighbors and form, and don't touch each other."""
    weights = functional_models.random_weights(architecture)
    questions = mixed_questions()
    together = answers(weights, *questions)
    assert all(same(answers(weights, one)[0], written) for one, written in zip(questions, together, strict=True))


@pytest.mark.parametrize("architecture", ["GPT2", "Bloom", "Mamba"])
def test_any_causal_architecture_will_do(architecture: str, tmp_path: Path) -> None:
    """Learned positions, none at all, and no cache of keys and values: alone and in a batch, the same is written."""
    import torch
    import transformers

    tokenizer = small_models.small_tokenizer()
    tokenizer.add_tokens([*TOKENS, *MARKS], special_tokens=True)
    shape = {"GPT2": {"n_embd": 32, "n_layer": 2, "n_head": 2}, "Bloom": {"hidden_size": 32, "n_layer": 2, "n_head": 2}}
    config = getattr(transformers, f"{architecture}Config")(
        vocab_size=len(tokenizer),
        initializer_range=0.2,
        **shape.get(architecture, {"hidden_size": 32, "num_hidden_layers": 2, "state_size": 8}),
    )
    torch.manual_seed(0)
    name = f"{architecture}LMHeadModel" if architecture == "GPT2" else f"{architecture}ForCausalLM"
    getattr(transformers, name)(config).save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    questions = [ask(request, longest=30, alternatives=2) for request in ("Convert 5 miles", "Which country?")]
    together = answers(tmp_path, *questions)
    assert all(same(answers(tmp_path, one)[0], written) for one, written in zip(questions, together, strict=True))


def test_probabilities_are_those_of_the_model() -> None:
    """Recomputed by one pass over prompt and output, without cache, padding or batch."""
    import torch

    weights = functional_models.random_weights()
    asked = ask("Which country has the longest coast?", options=options(*TOKENS[3:9]))
    written = answers(weights, ask("y" * 200), asked, ask(""))[1]
    with shared_shelf().lend(ModelSpec(name=str(weights), device="cpu")) as loaded, loaded.at_work() as model:
        vocabulary = Vocabulary(loaded.tokenizer, loaded.model.config.vocab_size, "cpu")
        spell = vocabulary.spelling
        prompt = spell.prompt(asked.template.prompt(asked.request))
        logits = model(input_ids=torch.tensor([[*prompt, *written.ids]])).logits[0, len(prompt) - 1 :].float()
    names = [*TOKENS[3:9], MARKS.stop or ""]
    chances = logits[0, [spell.id_of(name) for name in names]].softmax(0).tolist()
    assert written.choices[0].probabilities == pytest.approx(dict(zip(names, chances, strict=True)), abs=1e-4)
    begin = 1 + len(vocabulary.brackets.opening)
    end = len(written.ids) - 1 - len(vocabulary.brackets.closing)  # of an output that was closed for its length
    inside = (logits[begin:end] + vocabulary.inside).log_softmax(-1)
    picked = inside.gather(1, torch.tensor(written.ids[begin:end])[:, None]).sum()
    assert written.choices[0].logprob == pytest.approx(float(picked), abs=0.02)


def test_an_argument_that_ends_by_itself_counts_its_end() -> None:
    """A query known by heart is nearly certain, its closing included; so is what comes after it."""
    case = functional_models.CASES[0]
    (written,) = answers(functional_models.knowing_weights(), ask(case.request, longest=80, calls=4))
    assert written.calls == tuple(case.calls)
    assert -0.3 < written.choices[0].logprob < 0
    (call,) = written.calls
    closed_by_force = answers(functional_models.knowing_weights(), ask(case.request, longest=12))[0].calls[0]
    assert call.query.startswith(closed_by_force.query)
    assert closed_by_force.query != call.query


def test_typed_arguments_fit_their_signature() -> None:
    """Even random weights write dates, numbers, choices and lists where the signature has them."""
    asked = [ask(text, options=options(*TOKENS[:3], signature=TYPED), longest=200) for text in REQUESTS]
    written = answers(functional_models.random_weights(), *asked)
    called = [call for one in written for call in one.calls]
    assert called
    for call in called:
        assert call.arguments is not None
        assert set(fitted(TYPED, dict(call.arguments))) >= {"count", "day"}


def test_arguments_too_long_for_the_output_are_closed_at_the_last_whole_one() -> None:
    """What is missing can still be found by rule; what is half would be wrong."""
    asked = [ask(text, options=options(*TOKENS[:3], signature=WIDE), longest=60) for text in REQUESTS]
    for one in answers(functional_models.random_weights(), *asked):
        assert len(one.ids) <= 60
        for call in one.calls:
            assert set(call.arguments or ()) < {"text0", "text1", "text2", "text3"}
            fitted(WIDE, dict(call.arguments or {}))


def test_alternatives_are_written_out_where_asked() -> None:
    """The most probable neighbors after the chosen one, each with an argument of its own."""
    weights = functional_models.random_weights()
    (written,) = answers(weights, ask(alternatives=3))
    chances = written.choices[0].probabilities
    ranking = sorted(set(chances) - {MARKS.stop}, key=lambda token: -chances[token])
    assert set(written.alternatives) == set(ranking[:3]) - {written.choices[0].token}
    for token, (call, logprob) in written.alternatives.items():
        (alone,) = answers(weights, ask(options=options(token), stop=TOKENS[10]))
        assert call.token == token
        assert logprob < 0
        if alone.calls:
            assert call == alone.calls[0]


def test_rows_of_one_batch_go_through_adapters_of_their_own() -> None:
    """One base, a LoRA adapter for each master: what is written in one batch is what each writes alone."""
    weights = functional_models.random_weights()
    places = [None, *(str(small_models.small_adapter(weights, seed=seed).resolve()) for seed in (1, 2))]
    questions = [replace(ask(REQUESTS[nth % 3]), adapter=places[nth % 3], alternatives=nth % 2 + 1) for nth in range(6)]
    together = answers(weights, *questions)
    assert all(same(answers(weights, one)[0], written) for one, written in zip(questions, together, strict=True))
    one, *others = answers(weights, *(replace(ask(), adapter=place) for place in places))
    assert all(not same(one, other) for other in others)


def test_weights_without_a_stop_token_are_not_asked_whether_to_stop(tmp_path: Path) -> None:
    """They choose a neighbor where one is needed; where none is, nothing is called. Their own end of text ends it."""
    import transformers

    source = small_models.small_causal()
    tokenizer = transformers.AutoTokenizer.from_pretrained(source)
    model = transformers.AutoModelForCausalLM.from_pretrained(source)
    tokenizer.add_tokens(TOKENS, special_tokens=True)
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    model.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    needed, free = answers(tmp_path, ask(), ask(needed=False))
    assert set(needed.choices[0].probabilities) == set(TOKENS[:4])
    assert needed.ids[-1] == tokenizer.eos_token_id
    assert (free.calls, free.choices) == ((), ())


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        (ask(options=options("<nexa_99>")), r"no token <nexa_99> \(of node 'node <nexa_99>'\)"),
        (ask(options=options("miles")), "no token miles"),
        (ask(options=options("th")), "no token th"),
        (ask(end="<over>"), "no token <over>"),
        (ask(stop=TOKENS[1]), "stands for two things"),
        (ask(longest=600), "set max_tokens of the model lower"),
    ],
)
def test_tokens_that_mean_nothing_or_two_things_are_errors(asked: Asked, fault: str) -> None:
    """A token the weights don't know, one that text is made of, one with two meanings: none is passed over."""
    with pytest.raises(InputError, match=fault):
        answers(functional_models.random_weights(), asked)


def test_who_asks_in_vain_takes_nobody_along() -> None:
    """In one batch a question that can't be asked is an error, and the others are answered."""
    good, bad, other = writer(functional_models.random_weights()).answer([ask(), ask(end="<over>"), ask("")])
    assert isinstance(bad, InputError)
    assert isinstance(good, Written)
    assert isinstance(other, Written)


def test_a_signature_that_no_grammar_can_be_made_of_takes_nobody_along() -> None:
    """Found only when its node is called, in the middle of a batch: one error, and the others are answered."""
    weights = functional_models.random_weights()
    typed = options(*TOKENS[:4], signature=Signature((Parameter("unlike any other", Kind("number")),)))
    with mock.patch("octograph.planners.octopus.functional.vocabulary.argument_grammar", return_value="start: ("):
        good, bad = writer(weights).answer([ask(), ask(options=typed)])
    assert isinstance(good, Written)
    assert isinstance(bad, InputError)


def test_who_gave_up_is_not_written_for() -> None:
    """A walk that was cancelled does not keep the model from the others."""
    with shared_shelf().lend(ModelSpec(name=str(functional_models.random_weights()), device="cpu")) as loaded:
        vocabulary = Vocabulary(loaded.tokenizer, loaded.model.config.vocab_size, "cpu")
        rows = [Row(one, Lettering.of(one, vocabulary), vocabulary, 1) for one in (ask(), ask(""))]
        prompts = [vocabulary.spelling.prompt(row.asked.template.prompt(row.asked.request)) for row in rows]
        write_outputs(loaded, rows, prompts, lambda nth: nth == 1)
    assert [row.done for row in rows] == [True, False]


def test_a_model_for_something_else_is_refused() -> None:
    """A classifier writes nothing."""
    with pytest.raises(InputError, match="a classification model writes no functional tokens"):
        writer(small_models.small_classifier()).answer([ask()])
