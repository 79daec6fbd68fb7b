"""`octograph synth`, `octograph train`, `octograph run --octopus DIR`: from a graph to an Octopus of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_models import small_chat_causal
from terminal import octograph

GRAPH = """
octograph: 1
name: home
start: home
nodes:
  home: {kind: master}
  lamp: {kind: tool, description: Switches lamps., examples: [turn on the lamp, lamp off, is the lamp on]}
  door: {kind: tool, description: Locks doors., examples: [lock the door, open the door, is the door locked]}
  talk:
    kind: model
    description: Chats about anything.
    examples: [tell me a story, talk to me, say something nice]
    model: MODEL
edges: ["home -> [lamp, door, talk]"]
"""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    torch = pytest.importorskip("torch")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "home.yaml").write_text(GRAPH.replace("MODEL", str(small_chat_causal())), encoding="utf-8")
    made = octograph("synth", "home.yaml", "-o", "data.jsonl", "--per-node", "40", folder=tmp_path)
    assert made.code == 0, made.err
    return tmp_path


def test_from_a_graph_to_a_functional_octopus(folder: Path) -> None:
    """Synthetic data, a model from scratch, and a walk that it decides; all in seconds, so it learns only a little."""
    options = ("--base", "new", "--width", "32", "--layers", "2", "--epochs", "16", "--batch", "8", "--lr", "5e-3")
    trained = octograph("train", "home.yaml", "data.jsonl", "-o", "out", *options, folder=folder)
    assert trained.code == 0, trained.err
    assert "right first choice" in trained.out
    assert "report: out/report.md" in trained.out
    assert {"octograph.json", "model.safetensors", "report.json", "report.md", "confusion.png"} <= {
        path.name for path in (folder / "out").iterdir()
    }
    report = json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))
    assert (report["parsed"], report["outside"]) == (1, 0)
    assert report["selection"] > 0.6
    planned = octograph("plan", "home.yaml", "turn on the lamp", "--octopus", "out", "--json", folder=folder)
    assert planned.code == 0, planned.err
    assert [node["id"] for node in json.loads(planned.out)["nodes"]] == ["lamp"]
    again = octograph("train", "home.yaml", "data.jsonl", "-o", "out", *options, folder=folder)
    assert (again.code, "--resume goes on with it, --force replaces it" in again.err) == (2, True)


def test_from_a_graph_to_a_head(folder: Path) -> None:
    """The embedded Octopus's head is the usual thing to train, and gets the same report."""
    trained = octograph("train", "home.yaml", "data.jsonl", "-o", "out", folder=folder)
    assert trained.code == 0, trained.err
    assert json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))["selection"] > 0.8
    planned = octograph("plan", "home.yaml", "lock the door", "--octopus", "out", "--json", folder=folder)
    assert [node["id"] for node in json.loads(planned.out)["nodes"]] == ["door"]
    assert octograph("train", "home.yaml", "data.jsonl", "-o", "out", folder=folder).code == 2
    assert octograph("train", "home.yaml", "data.jsonl", "-o", "out", "--force", folder=folder).code == 0


def test_a_worker_is_trained_and_used(folder: Path) -> None:
    """`--worker NODE` trains its model; what is printed says how to use it."""
    lines = [json.dumps({"prompt": f"tell me {nth}", "completion": "once upon a time"}) for nth in range(20)]
    (folder / "lessons.jsonl").write_text("\n".join(lines), encoding="utf-8")
    options = ("--worker", "talk", "--base", str(small_chat_causal()), "--epochs", "2", "--lr", "1e-2")
    trained = octograph("train", "home.yaml", "lessons.jsonl", "-o", "talk", *options, folder=folder)
    assert trained.code == 0, trained.err
    assert trained.out.endswith("use it as model: {adapter: talk} of the node\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("nothing.jsonl", "-o", "out"), "nothing.jsonl: can't be read"),
        (("empty.jsonl", "-o", "out"), "nothing to learn from"),
        (("bad.jsonl", "-o", "out", "--base", "new"), "bad.jsonl:1: no node 'lmap' in home; did you mean 'lamp'?"),
        (("data.jsonl", "-o", "out", "--base", "no/such/model/here"), "no/such/model/here; name one that is there"),
        (("data.jsonl", "-o", "home.yaml", "--base", "new"), "home.yaml is there already"),
        (("data.jsonl", "-o", "home.yaml", "--base", "new", "--force"), "nothing that octograph train has begun"),
        (("data.jsonl", "-o", "home.yaml/out", "--base", "new"), "home.yaml/out: can't be written"),
        (("data.jsonl", "-o", "out", "--base", "new", "--prompt", "Say"), "must have {query} in it"),
        (("data.jsonl", "-o", "out", "--worker", "lamp", "--base", "x"), "'lamp' is of kind tool"),
        (("data.jsonl", "-o", "out", "--worker", "talk"), "--worker needs --base"),
        (("data.jsonl", "-o", "out", "--teacher", "m"), "belong to --objective distill"),
        (("data.jsonl", "-o", "out", "--worker", "talk", "--objective", "distill", "--base", "x"), "needs --teacher"),
    ],
)
def test_what_cant_be_trained_is_said(options: tuple[str, ...], said: str, folder: Path) -> None:
    """In words, with exit code 2, and with nothing left behind."""
    (folder / "empty.jsonl").write_text("\n", encoding="utf-8")
    (folder / "bad.jsonl").write_text('{"query": "q", "nodes": ["lmap"]}\n', encoding="utf-8")
    ended = octograph("train", "home.yaml", *options, folder=folder)
    assert ended.code == 2, ended
    assert said in ended.err
