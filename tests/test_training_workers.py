"""Workers are trained on answers, on preferences and by a teacher, with the prompt that their node will use."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from small_endpoint import Fault, SmallEndpoint
from small_models import small_causal, small_chat_causal, small_seq2seq

from octograph import Graph, Workflow
from octograph.graphs.errors import InputError, WalkError
from octograph.graphs.sections import ModelSpec, Node
from octograph.training.workers.distilling import ANSWERS
from octograph.training.workers.lessons import Lesson, read_lessons, split_lessons
from octograph.training.workers.options import WorkerOptions
from octograph.training.workers.training import _Prompts, train_worker, worker_node

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
ANSWER, OTHER = "yes, one two three", "no, never"


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def node(model: Any = "", **more: Any) -> Node:
    keys = {"kind": "model", "model": model or str(small_chat_causal()), "prompt": "Answer: {query}", **more}
    return Graph("g", {"m": {"kind": "master"}, "w": keys}, ["m -> w"]).nodes["w"]


def write(folder: Path, *lines: Any) -> Path:
    file = folder / "lessons.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines), encoding="utf-8")
    return file


def answers(folder: Path) -> Path:
    return write(folder, *({"prompt": f"question {nth}", "completion": ANSWER} for nth in range(32)))


def preferences(folder: Path) -> Path:
    pairs = [{"prompt": f"question {nth}", "chosen": ANSWER, "rejected": OTHER} for nth in range(32)]
    return write(folder, *pairs)


def options(base: Path, **more: Any) -> WorkerOptions:
    return WorkerOptions(str(base), **{"lr": 1e-2, "epochs": 3, "held_back": 0.2, **more})


def ask(model: dict[str, Any]) -> str:
    keys = {"kind": "model", "model": {"max_tokens": 16, **model}, "prompt": "Answer: {query}"}
    return Workflow(Graph("g", {"w": keys}), octopus="scripted").run("question 77").text


def test_a_worker_learns_answers_and_answers_so_in_its_graph(tmp_path: Path) -> None:
    """SFT by LoRA: the folder is an adapter for the node's model, and perplexity has fallen."""
    trained = train_worker(node(), answers(tmp_path), tmp_path / "sft", options(small_chat_causal()))
    assert trained.adapter
    assert trained.lessons + trained.held_back == 32
    assert trained.figures["perplexity"] < 2 < 100 < trained.figures["perplexity_before"]
    assert ask({"name": str(small_chat_causal()), "adapter": str(tmp_path / "sft")}) == ANSWER


def test_preferences_are_learned_on_top_of_answers(tmp_path: Path) -> None:
    """SFT, then DPO of the same adapter, as the paper's tutorial for workers has it; the better answer gains."""
    train_worker(node(), answers(tmp_path), tmp_path / "sft", options(small_chat_causal(), epochs=1))
    chosen = options(tmp_path / "sft", objective="dpo", lr=1e-3)
    trained = train_worker(node(), preferences(tmp_path), tmp_path / "dpo", chosen)
    assert trained.adapter
    assert (trained.figures["preferred"], trained.figures["margin_before"]) == (1, 0)
    assert trained.figures["margin"] > 0.5
    assert sorted(path.name for path in (tmp_path / "dpo").iterdir() if path.is_dir()) == []


def test_all_weights_can_be_trained(tmp_path: Path) -> None:
    """Then the folder is a model."""
    trained = train_worker(
        node(), answers(tmp_path), tmp_path / "full", options(small_causal(), method="full", lr=5e-3)
    )
    assert not trained.adapter
    assert ask({"name": str(tmp_path / "full")}) == ANSWER


def test_a_teacher_is_asked_once_for_each_prompt(tmp_path: Path) -> None:
    """Its answers are kept: one that fails in between is not asked for them again; then they are learned."""
    data = write(tmp_path, *({"prompt": f"question {nth}"} for nth in range(20)))
    chosen, out = options(small_chat_causal(), objective="distill"), tmp_path / "out"
    with SmallEndpoint(honors_schema=False, say=lambda body: ANSWER) as endpoint:
        teacher = ModelSpec(name="small", url=endpoint.url)
        endpoint.say = lambda body: ANSWER
        endpoint.faults.extend([Fault()] * 0)
        with pytest.raises((InputError, WalkError)):
            train_worker(node(), data, out, chosen, ModelSpec(name="small", url="http://127.0.0.1:9/v1"))
        train_worker(node(), data, out, chosen, teacher, resume=True)
        assert len(endpoint.requests) == 20
        assert {body["messages"][-1]["content"] for body in endpoint.requests} == {
            f"Answer: question {nth}" for nth in range(20)
        }
    assert len((out / ANSWERS).read_text(encoding="utf-8").splitlines()) == 20
    assert ask({"name": str(small_chat_causal()), "adapter": str(out)}) == ANSWER


def test_what_is_trained_on_is_what_will_be_asked() -> None:
    """The node's prompt, its system message and the chat template stand around every query, as in a walk."""
    spec = {"name": str(small_chat_causal()), "system": "Be brief."}
    tokenizer = transformers.AutoTokenizer.from_pretrained(small_chat_causal())
    rows = _Prompts(node(spec), None, tokenizer).rows([Lesson("Why?", "So.")], options(small_chat_causal()))
    (row,) = rows.to_list()
    assert row == {"prompt": "<system>Be brief.</s><user>Answer: Why?</s><assistant>", "completion": "So."}
    said = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Answer: Why?"}]
    whole = tokenizer.apply_chat_template(said, add_generation_prompt=True)["input_ids"]
    assert tokenizer(row["prompt"])["input_ids"] == list(whole)


@pytest.mark.parametrize(
    ("objective", "line", "said"),
    [
        ("sft", "{", "lessons.jsonl:2: not JSON"),
        ("sft", [], "not an object"),
        ("sft", {"prompt": "q"}, "'completion' must be a text"),
        ("dpo", {"prompt": "q", "chosen": "a", "rejected": ""}, "'rejected' must be a text"),
        ("dpo", {"prompt": "q", "chosen": "a", "rejected": "a"}, "are the same"),
        ("distill", {"query": "q"}, "'prompt' must be a text"),
    ],
)
def test_bad_lessons_are_named(objective: Any, line: Any, said: str, tmp_path: Path) -> None:
    """With their place and the form of a line."""
    good = {"prompt": "q", "completion": "c", "chosen": "a", "rejected": "b"}
    with pytest.raises(InputError) as error:
        read_lessons(write(tmp_path, good, line), objective)
    assert said in str(error.value)
    with pytest.raises(InputError, match="nothing to learn from"):
        read_lessons(write(tmp_path, ""), objective)


def test_a_prompt_is_never_on_both_sides() -> None:
    """However often it occurs."""
    lessons = [Lesson(f"q{nth % 30}", str(nth)) for nth in range(120)]
    kept, held = split_lessons(lessons, 0.3, 0)
    assert len(kept) + len(held) == 120
    assert held
    assert not {one.prompt for one in kept} & {one.prompt for one in held}
    assert math.isclose(len(held) / 120, 0.3, abs_tol=0.2)


def test_what_is_no_language_model_is_not_trained(tmp_path: Path) -> None:
    """A node of another kind, one that isn't there, a base that doesn't write text, a distillation without teacher."""
    graph = Graph("g", {"m": {"kind": "master"}, "t": {"kind": "tool"}, "w": {"kind": "model"}}, ["m -> [t, w]"])
    with pytest.raises(InputError, match=r"'t' is of kind tool; only language models can be trained \(here: w\)"):
        worker_node(graph, "t")
    with pytest.raises(InputError, match="no node 'x'"):
        worker_node(graph, "x")
    with pytest.raises(InputError, match="a model for seq2seq"):
        train_worker(node(), answers(tmp_path), tmp_path / "a", options(small_seq2seq()))
    with pytest.raises(InputError, match="needs a teacher"):
        train_worker(node(), answers(tmp_path), tmp_path / "b", options(small_causal(), objective="distill"))
