"""A functional Octopus is trained on what it will be asked, from scratch or on a base, and resumed when broken off."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from small_models import small_causal, small_masked

from octograph import Graph, Workflow
from octograph.graphs.errors import InputError
from octograph.models.spelling import Spelling
from octograph.planners.octopus.trained import Trained
from octograph.training.functional import training
from octograph.training.functional.assigning import MARKS, assigned, token_list
from octograph.training.functional.judging import judge
from octograph.training.functional.options import FunctionalOptions, Shape
from octograph.training.functional.rendering import Level, Renderer
from octograph.training.functional.starting import add_tokens, new_model, new_tokenizer
from octograph.training.functional.training import train_functional
from octograph.training.functional.weighting import IGNORED, token_weights, weighted_loss
from octograph.training.judged import shares
from octograph.training.report import report_on
from octograph.training.report_files import write_report
from octograph.training.samples import LabelledCall, Sample

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
WORDS = {"lamp": "turn on the lamp", "door": "lock the door", "tea": "make some tea"}
GRAPH = Graph(
    "tiny",
    {
        "home": {"kind": "master"},
        **{id_: {"kind": "tool", "description": f"To {said}."} for id_, said in WORDS.items()},
    },
    ["home -> [lamp, door, tea]", "lamp -> door"],
)
SHAPE = Shape(width=32, layers=2, heads=2, vocabulary=400)
QUICK = FunctionalOptions(epochs=16, batch=8, lr=5e-3, shape=SHAPE, held_back=0.15)


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def data(times: int = 24) -> list[Sample]:
    """Requests that one word gives away."""
    samples = []
    for nth in range(times):
        for node, said in WORDS.items():
            request = f"{'please ' * (nth % 3)}{said} {nth % 8}"
            samples.append(Sample(request, "home", (LabelledCall(node, said),), origin=request))
        samples.append(Sample(f"sing a song {nth}", "home", (), origin=f"song {nth}"))
    return samples


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder trained from scratch."""
    out = tmp_path_factory.mktemp("functional") / "made"
    train_functional(Workflow(GRAPH), data(), out, QUICK)
    return out


# Tokens and text -----------------------------------------------------------------------------------------------


def test_every_node_that_can_be_chosen_gets_a_token() -> None:
    """One per node and graph, agents' insides too; what the graph says itself is kept."""
    inner = Graph("inner", {"m": {"kind": "master"}, "x": {"kind": "tool"}}, ["m -> x"])
    outer = Graph(
        "outer",
        {"m": {"kind": "master"}, "x": {"kind": "tool", "token": "<nexa_0>"}, "a": {"kind": "agent"}},
        ["m -> [x, a]"],
        agents={"a": inner},
    )
    graphs = assigned(outer)
    assert [(one.name, dict(one.tokens)) for one in graphs] == [
        ("outer", {"x": "<nexa_0>", "a": "<nexa_1>"}),
        ("inner", {"x": "<nexa_2>"}),
    ]
    assert token_list(graphs) == ["<nexa_0>", "<nexa_1>", "<nexa_2>", MARKS.end, MARKS.stop]


@pytest.mark.parametrize("token", ["<nexa_end>", "<nexa_7>"])
def test_a_token_given_twice_is_refused(token: str) -> None:
    """Also by a sub-graph, and also that of the end of a call: one model learns all of them."""
    inner = Graph("inner", {"m": {"kind": "master"}, "x": {"kind": "tool", "token": token}}, ["m -> x"])
    nodes = {"m": {"kind": "master"}, "a": {"kind": "agent"}, "y": {"kind": "tool", "token": "<nexa_7>"}}
    with pytest.raises(InputError, match="stands for"):
        assigned(Graph("g", nodes, ["m -> [a, y]"], agents={"a": inner}))


def tokenizer_with_tokens() -> Any:
    tokenizer = new_tokenizer([" ".join(WORDS.values())] * 5, 400)
    add_tokens(new_model(tokenizer, SHAPE), tokenizer, dict.fromkeys(["<a>", "<b>", *MARKS], ""))
    return tokenizer


def renderer(tokenizer: Any, nodes: Sequence[str] = ("lamp", "door")) -> Renderer:
    from octograph.planners.octopus.functional.prompting import Template

    level = Level(
        dict(zip(nodes, ("<a>", "<b>"), strict=False)), {card.id: card for card in Workflow(GRAPH).neighbors("home")}
    )
    return Renderer(tokenizer, Template("Q: {query}\nA:"), MARKS, {(): level})


def test_only_what_the_octopus_says_is_learned() -> None:
    """The prompt has no labels; the output is learned from its first token to its end token."""
    tokenizer = tokenizer_with_tokens()
    sample = Sample("do it", "home", (LabelledCall("lamp", "turn <b> on"),))
    rendered = renderer(tokenizer).render(sample, None)
    assert rendered is not None
    said = [label for label in rendered.labels if label != IGNORED]
    assert tokenizer.decode(said) == "<a>('turn <b> on')<nexa_end>"
    assert said == rendered.input_ids[-len(said) :]
    assert tokenizer.decode(rendered.input_ids[: -len(said)]) == "Q: do it\nA:"
    assert tokenizer.convert_tokens_to_ids("<b>") not in said, "a user's words are no functional token"


def test_what_the_data_does_not_say_is_not_learned() -> None:
    """Of a call without a rewritten query the choice is learned, and nothing is made up."""
    tokenizer = tokenizer_with_tokens()
    rendered = renderer(tokenizer).render(Sample("both", "home", (LabelledCall("lamp"), LabelledCall("door"))), None)
    assert rendered is not None
    assert tokenizer.decode([label for label in rendered.labels if label != IGNORED]) == "<a>"
    stop = renderer(tokenizer).render(Sample("none", "home", ()), None)
    assert stop is not None
    assert tokenizer.decode([label for label in stop.labels if label != IGNORED]) == "<nexa_stop><nexa_end>"


def test_a_long_request_is_shortened_and_a_long_answer_left_out() -> None:
    """The output is never cut, since half an output would be learned."""
    tokenizer = tokenizer_with_tokens()
    long = "word " * 300
    rendered = renderer(tokenizer).render(Sample(long, "home", (LabelledCall("lamp", "turn on"),)), 64)
    assert rendered is not None
    assert len(rendered.input_ids) <= 64
    assert renderer(tokenizer).render(Sample("short", "home", (LabelledCall("lamp", long),)), 64) is None


def test_new_tokens_begin_as_the_mean_of_what_they_stand_for() -> None:
    """In the rows that are read and in those that are written, tied or not; nothing else of the vocabulary moves."""
    for tied in (True, False):
        tokenizer = new_tokenizer([" ".join(WORDS.values())] * 5, 400)
        model = new_model(tokenizer, SHAPE)
        if not tied:
            config = model.config
            config.tie_word_embeddings = False
            model = transformers.LlamaForCausalLM(config)
        size = len(tokenizer)
        before = [
            layer.weight[:size].clone() for layer in (model.get_input_embeddings(), model.get_output_embeddings())
        ]
        assert add_tokens(model, tokenizer, {"<a>": "lock the door", "<b>": ""}) == ["<a>", "<b>"]
        assert add_tokens(model, tokenizer, {"<a>": "lock the door", "<b>": ""}) == []
        ids = tokenizer("lock the door")["input_ids"]
        for rows, layer in zip(before, (model.get_input_embeddings(), model.get_output_embeddings()), strict=True):
            assert torch.allclose(layer.weight[tokenizer.convert_tokens_to_ids("<a>")], rows[ids].mean(0))
            assert torch.allclose(layer.weight[tokenizer.convert_tokens_to_ids("<b>")], rows.mean(0))
            assert torch.equal(layer.weight[:size], rows)


def test_a_new_tokenizer_spells_anything() -> None:
    """Numbers digit by digit, and whatever was never seen."""
    tokenizer = new_tokenizer([" ".join(WORDS.values()), "1234 1234 1234"] * 5, 400)
    assert tokenizer.convert_ids_to_tokens(tokenizer("1234")["input_ids"]) == ["1", "2", "3", "4"]
    for text in ("ünïcode 漢字 🐙", "turn  on\n\tthe lamp", "('quoted')"):
        assert Spelling(tokenizer).text(tokenizer(text)["input_ids"]) == text


# The loss ------------------------------------------------------------------------------------------------------


def test_functional_tokens_weigh_what_they_are_told_to() -> None:
    """The mean over labelled tokens of weight times negative log-likelihood; weight 1 is plain cross-entropy."""
    torch.manual_seed(0)
    logits, labels = torch.randn(2, 5, 7), torch.tensor([[-100, 3, 4, 5, 1], [-100, -100, 2, 6, 0]])
    count = 7
    nll = -torch.log_softmax(logits[:, :-1], -1)
    expected = sum(
        float(nll[row, at, labels[row, at + 1]]) * (5 if labels[row, at + 1] in (5, 6) else 1)
        for row in range(2)
        for at in range(4)
        if labels[row, at + 1] != IGNORED
    )
    found = weighted_loss(logits, labels, token_weights(7, [5, 6], 5), count)
    assert float(found) == pytest.approx(expected / count, rel=1e-5)
    plain = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
    assert float(weighted_loss(logits, labels, token_weights(7, [5, 6], 1), count)) == pytest.approx(float(plain))


# Training ------------------------------------------------------------------------------------------------------


def test_a_model_made_from_scratch_learns_to_choose_and_to_reword(made: Path) -> None:
    """What was held back is judged rightly, by the Octopus as it will be served."""
    judged = judge(Workflow(GRAPH), data(), made)
    share = shares(judged)
    assert share["selection"] > 0.9
    assert share["parsed"] == 1
    worded = [one.calls[0].query == one.sample.rewritten for one in judged if one.right and one.calls]
    assert sum(worded) / len(worded) > 0.9, [one.calls for one in judged]
    assert not any(one.outside for one in judged)


def test_what_was_trained_is_an_octopus_of_its_graph_only(made: Path) -> None:
    """It decides in the graph it was trained for, and refuses a changed one."""
    plan = Workflow(GRAPH, octopus=made).plan("please lock the door 3")
    assert [node.id for node in plan.nodes] == ["door"]
    other = Graph(
        "tiny", {**GRAPH.nodes, "tea": {"kind": "tool", "description": "Coffee."}}, list(map(str, GRAPH.edges))
    )
    with pytest.raises(InputError, match="changed since training: changed: tea"):
        Workflow(other, octopus=made).plan("make some tea")


def test_the_folder_says_all_that_serving_needs(made: Path) -> None:
    """Tokens, prompt and marks stand beside the weights; checkpoints are gone."""
    trained = Trained.read(made)
    assert trained.backend == "functional"
    assert dict(trained.graphs[0].tokens) == {"lamp": "<nexa_0>", "door": "<nexa_1>", "tea": "<nexa_2>"}
    assert trained.settings["end"] == "<nexa_end>"
    assert not (made / "checkpoints").exists()
    tokenizer = transformers.AutoTokenizer.from_pretrained(made)
    assert len(tokenizer("<nexa_1>", add_special_tokens=False)["input_ids"]) == 1


class BrokenOff(BaseException):
    """Stands for a process that is killed."""


def breaking_off(at: int) -> Callable[[str, int, int], None]:
    def tell(what: str, done: int, of: int) -> None:
        if what == "training" and done == at:
            raise BrokenOff

    return tell


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return dict(load_file(folder / "model.safetensors"))


def test_a_training_that_was_killed_is_gone_on_with(tmp_path: Path) -> None:
    """It ends with the very weights of one that was never broken off, though a checkpoint was left half written."""
    options = FunctionalOptions(epochs=4, batch=8, lr=5e-3, shape=SHAPE, held_back=0)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    workflow = Workflow(GRAPH)
    train_functional(workflow, data(8), whole, options)
    with pytest.raises(BrokenOff):
        train_functional(workflow, data(8), broken, options, tell=breaking_off(at=9))
    checkpoints = sorted((broken / "checkpoints").glob("checkpoint-*"))
    assert checkpoints
    (broken / "checkpoints" / "checkpoint-99").mkdir()
    reached = []
    train_functional(workflow, data(8), broken, options, resume=True, tell=lambda what, done, of: reached.append(done))
    assert min(step for step in reached if step > 0) > 0
    assert 5 < min(reached[1:]) <= 10
    before, after = weights(whole), weights(broken)
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_a_folder_is_gone_on_with_only_as_it_was_begun(made: Path, tmp_path: Path) -> None:
    """Other options or data begin another training; what is none of ours is left alone."""
    workflow = Workflow(GRAPH)
    with pytest.raises(InputError, match="is there already; --resume"):
        train_functional(workflow, data(), made, QUICK)
    with pytest.raises(InputError, match="was begun with batch 8 \\(now 4\\)"):
        train_functional(workflow, data(), made, FunctionalOptions(**{**vars_of(QUICK), "batch": 4}), resume=True)
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for again in ({"resume": True}, {"force": True}):
        with pytest.raises(InputError, match="nothing that octograph train has begun"):
            train_functional(workflow, data(), tmp_path, QUICK, **again)
    assert train_functional(workflow, data(), made, QUICK, resume=True).parameters is None


def vars_of(options: FunctionalOptions) -> dict[str, Any]:
    return {name: getattr(options, name) for name in options.__dataclass_fields__}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cant_be_written_is_named(tmp_path: Path) -> None:
    """Before anything is trained."""
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="can't be written"):
        train_functional(Workflow(GRAPH), data(), tmp_path / "out", QUICK)


def test_a_full_disk_is_said_to_be_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the library that ran into it calls that."""

    def full(self: Any, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("SafetensorError: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(transformers.PreTrainedModel, "save_pretrained", full)
    with pytest.raises(InputError, match="the disk is full; make room, then go on with --resume"):
        train_functional(Workflow(GRAPH), data(2), tmp_path / "out", FunctionalOptions(epochs=1, shape=SHAPE))


def test_lora_on_a_base_adds_the_tokens_and_later_only_an_adapter(tmp_path: Path) -> None:
    """First whole weights that know the tokens; trained again on those, a small adapter that is an Octopus too."""
    base, workflow = tmp_path / "base", Workflow(GRAPH)
    options = FunctionalOptions(base=str(small_causal()), epochs=10, batch=8, lr=1e-2, rank=8, token_weight=3)
    train_functional(workflow, data(12), base, options)
    assert (base / "model.safetensors").is_file()
    assert shares(judge(workflow, data(6), base))["selection"] > 0.8
    second = tmp_path / "second"
    again = FunctionalOptions(base=str(base), epochs=2, batch=8, lr=1e-3, rank=4)
    train_functional(workflow, data(6), second, again)
    assert not (second / "model.safetensors").exists()
    assert (second / "adapter_model.safetensors").stat().st_size * 4 < (base / "model.safetensors").stat().st_size
    assert Trained.read(second).base == str(base)
    assert shares(judge(workflow, data(6), second))["selection"] > 0.8


def test_training_stops_early_where_nothing_is_gained(tmp_path: Path) -> None:
    """A learning rate of nothing ends the training after `patience` looks."""
    options = FunctionalOptions(epochs=20, batch=4, lr=0.0, shape=SHAPE, held_back=0.4, patience=2)
    steps = []
    train_functional(
        Workflow(GRAPH), data(8), tmp_path / "out", options, tell=lambda what, done, of: steps.append((done, of))
    )
    training_steps = [(done, of) for done, of in steps if of > 1]
    assert training_steps[-1][0] < training_steps[-1][1] // 2


@pytest.mark.parametrize(
    ("base", "said"),
    [("no/such/folder/at/all", "no folder"), (small_masked, "a model for masked")],
    ids=["nowhere", "another task"],
)
def test_a_base_that_cant_be_used_is_named(base: Any, said: str, tmp_path: Path) -> None:
    """One that is nowhere, one that does something else."""
    name = base if isinstance(base, str) else str(base())
    with pytest.raises(InputError, match=said):
        train_functional(Workflow(GRAPH), data(2), tmp_path / "out", FunctionalOptions(base=name))


def test_data_with_nothing_to_choose_is_refused(tmp_path: Path) -> None:
    """All samples name one node."""
    with pytest.raises(InputError, match="names one node only"):
        train_functional(Workflow(GRAPH), [one for one in data() if one.neighbor == "tea"], tmp_path / "out", QUICK)


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without the extra, the error says how to install it."""
    monkeypatch.setattr(
        training,
        "package",
        lambda name: __import__("octograph.training.packages", fromlist=["x"]).package("no_such_trl"),
    )
    with pytest.raises(InputError, match=r"pip install 'octograph\[train\]'"):
        train_functional(Workflow(GRAPH), data(2), tmp_path / "out", QUICK)


# The report ----------------------------------------------------------------------------------------------------


def test_the_report_tells_of_every_node_and_confusion(made: Path, tmp_path: Path) -> None:
    """In figures, in words and as a picture."""
    judged = judge(Workflow(GRAPH), data(8), made)
    report = report_on(judged, Workflow(GRAPH))
    assert set(report.by_node) == {"lamp", "door", "tea", "(stop)"}
    assert sum(one.n for one in report.by_node.values()) == report.n == 32
    assert report.rewriting is not None
    assert report.rewriting.sound > 0.9
    write_report(report, tmp_path, {"graph": "tiny"})
    written = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert written["selection"] == report.selection
    assert sum(map(sum, (row.values() for row in written["confusion"].values()))) == 32
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert "| lamp | 8 |" in text
    assert "## Rewritten queries" in text
    assert (tmp_path / "confusion.png").read_bytes().startswith(b"\x89PNG")
