"""`kind: model` in a graph: every task, prompts, pictures, adapters, streaming, and what is said where it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import small_models
from terminal import octograph

from octograph import Answer, ArgumentError, Call, Graph, InputError, Query, Result, Step, Trace, Workflow
from octograph.engine.events import Streamed
from octograph.graphs.sections import ModelSpec, Node
from octograph.models.pieces import Piece
from octograph.models.shelf import shared_shelf
from octograph.nodes.folder import working_in
from octograph.nodes.model import make_model_worker
from octograph.nodes.prompting import Prompt, prompt_of

GRAPH = Graph.parse("octograph: 1\nname: none\nstart: a\nnodes: {a: {kind: tool}}\n", "none.yaml")


@pytest.fixture(autouse=True)
def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def node_of(model: Path, prompt: str | None = None, **settings: Any) -> Node:
    return Node(id="a", kind="model", prompt=prompt, model=ModelSpec(name=str(model), **{"max_tokens": 8, **settings}))


async def result_of(node: Node, text: str, *inputs: Result) -> Result:
    return await make_model_worker(node, GRAPH).run(Call(0, None, "a", Query(text, inputs)))


def walked(folder: Path, nodes: dict[str, str], edges: str = "", query: str = "hello", **options: Any) -> Answer:
    """The answer of a graph whose nodes are given as lines of YAML; the first is the start."""
    lines = [f"  {name}: {text}" for name, text in nodes.items()]
    head = ["octograph: 1", "name: walked", f"start: {next(iter(nodes))}", "nodes:", *lines]
    path = folder / "walked.yaml"
    path.write_text("\n".join([*head, edges]) + "\n", encoding="utf-8")
    return Workflow(path, **options).run(query)


async def test_text_is_generated_from_the_prompt() -> None:
    """The template with the query in it is what the model reads."""
    node = node_of(small_models.small_echo_causal(), "{query} =>")
    result = await result_of(node, "n3")
    assert (result.text, result.data) == ("done: n3", None)


def test_the_probability_of_an_answer_is_recorded(tmp_path: Path) -> None:
    """As transformers scores the same tokens; it goes with the trace there and back, and to no product of choices."""
    import torch
    import transformers

    folder = small_models.small_echo_causal()
    answer = walked(tmp_path, {"a": f'{{kind: model, model: {folder}, prompt: "{{query}} =>"}}'}, query="n3")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder)
    asked, said = tokenizer("n3 =>")["input_ids"], [*tokenizer.encode(" done: n3", add_special_tokens=False), 2]
    with torch.inference_mode():
        logs = model(torch.tensor([[*asked, *said]])).logits[0].log_softmax(-1)
    expected = sum(float(logs[len(asked) - 1 + nth, token]) for nth, token in enumerate(said))
    (step,) = answer.trace
    assert step.output_logprob == pytest.approx(expected, abs=1e-4)
    assert answer.probability == 1
    assert Trace.from_json(answer.trace.to_json()) == answer.trace
    assert "output_logprob" not in Step(0, None, "a", "q").to_data()


async def test_sequence_to_sequence() -> None:
    """An encoder and a decoder make text, too."""
    result = await result_of(node_of(small_models.small_seq2seq()), "translate this")
    assert result.text
    assert result.kind == "text"


async def test_masks_are_filled() -> None:
    """The text is whole, the data says what else could stand there; several masks have a list."""
    masked = node_of(small_models.small_masked(), "{query} It is about {mask}.", generation={"top_k": 3})
    result = await result_of(masked, "The patient has a fever.", Result("not looked at"))
    chances = list(result.data.values())
    assert result.text == f"The patient has a fever. It is about {next(iter(result.data))}."
    assert len(chances) == 3
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) <= 1
    two = await result_of(node_of(small_models.small_masked()), "One [MASK] and another <mask>.")
    assert len(two.data) == 2
    with pytest.raises(ArgumentError, match=r"\{mask\}"):
        await result_of(node_of(small_models.small_masked()), "Nothing to fill in.")


async def test_classes_are_told_with_their_probabilities() -> None:
    """The label is the text; the data holds all labels, the most probable first."""
    result = await result_of(node_of(small_models.small_classifier()), "The soup was hot.")
    assert set(result.data) == set(small_models.LABELS)
    assert result.text == next(iter(result.data)) == max(result.data, key=result.data.get)
    assert sum(result.data.values()) == pytest.approx(1)


async def test_classes_are_what_transformers_says() -> None:
    """Probabilities of texts of different lengths in one batch equal those of the library's own pipeline."""
    import transformers

    folder = small_models.small_classifier()
    pipeline = transformers.pipeline("text-classification", str(folder), top_k=None)
    texts = ["The soup was hot.", "no", "The people were kind, and we would gladly come again."]
    results = await asyncio.gather(*(result_of(node_of(folder), text) for text in texts))
    for text, result in zip(texts, results, strict=True):
        expected = {one["label"]: one["score"] for one in pipeline(text)[0]}
        assert result.data == pytest.approx(expected, abs=1e-4)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder with a red and a blue picture, and a file that only looks like one."""
    from PIL import Image

    Image.new("RGB", (30, 20), (255, 0, 0)).save(tmp_path / "red.png")
    Image.new("RGB", (20, 30), (0, 0, 255)).save(tmp_path / "deep blue.jpg")
    (tmp_path / "broken.png").write_text("no picture")
    return tmp_path


async def test_pictures_are_looked_at(pictures: Path) -> None:
    """Named in the request or handed over by an earlier step; together they are answered as alone."""
    node = node_of(small_models.small_vision_language())
    with working_in(pictures):
        red = await result_of(node, "What is in red.png?")
        blue = await result_of(node, 'What is in "deep blue.jpg"?')
        chart = Result("red.png", {"path": "red.png"}, "picture", ("red.png",))
        handed = await result_of(node, "What is it?", chart)
        nothing = await result_of(node, "What is it?")
        both = await asyncio.gather(result_of(node, "What is in red.png?"), result_of(node, "What is it?", chart))
    assert len({red.text, blue.text, handed.text, nothing.text}) == 4
    assert both == [red, handed]


async def test_marks_for_pictures_in_a_request_are_words(pictures: Path) -> None:
    """Somebody who types them confuses neither the model nor those in the same batch."""
    node = node_of(small_models.small_vision_language())
    with working_in(pictures):
        alone = await result_of(node, "What is in red.png?")
        asked = [result_of(node, "What is in red.png?"), result_of(node, "<image> <image> red.png")]
        together, typed = await asyncio.gather(*asked)
    assert together == alone
    assert typed.text != alone.text


async def test_an_end_token_in_a_request_is_words() -> None:
    """What the model is asked does not end where somebody typed its end token."""
    node = node_of(small_models.small_chat_causal())
    spelled, other = await asyncio.gather(result_of(node, "hello</s>"), result_of(node, "hello"))
    assert spelled.text != other.text


async def test_the_processor_of_the_model_is_what_prepares_them(pictures: Path) -> None:
    """The words equal those that transformers generates from the same picture and prompt."""
    import transformers
    from PIL import Image

    folder = small_models.small_vision_language()
    processor = transformers.AutoProcessor.from_pretrained(folder)
    model = transformers.AutoModelForImageTextToText.from_pretrained(folder)
    with Image.open(pictures / "red.png") as red:
        inputs = processor(text="<image>\nWhat is in red.png?", images=[red], return_tensors="pt")
    inputs.pop("token_type_ids", None)
    ids = model.generate(**inputs, max_new_tokens=8, do_sample=False)[0, inputs["input_ids"].shape[1] :]
    with working_in(pictures):
        result = await result_of(node_of(folder), "What is in red.png?")
    assert result.text == processor.tokenizer.decode(ids, skip_special_tokens=True).strip()


@pytest.mark.parametrize(
    ("text", "said"), [("see broken.png", "no picture"), ("see gone.png", "no file"), ("see ../red.png", "outside")]
)
async def test_what_is_no_picture_is_refused(pictures: Path, text: str, said: str) -> None:
    """A damaged file, a missing one, and one outside the working folder; others of the batch are answered."""
    (pictures / "inside").mkdir()
    inside = pictures / "inside" if ".." in text else pictures
    node = node_of(small_models.small_vision_language())
    with working_in(inside):
        wrong, right = await asyncio.gather(result_of(node, text), result_of(node, "hello"), return_exceptions=True)
    assert isinstance(wrong, ArgumentError)
    assert said in str(wrong)
    assert isinstance(right, Result)


def prompted(template: str | None, text: str, *inputs: Result) -> str:
    return prompt_of(node_of(Path("x"), template), Call(0, None, "a", Query(text, inputs))).text


def test_prompts_are_filled_once() -> None:
    """Other braces stay, and what is filled in is not read again as a template."""
    assert prompted(None, "hello") == "hello"
    assert prompted('{"q": "{query}"}', "a {query} {inputs}") == '{"q": "a {query} {inputs}"}'
    assert prompted("{query} ({inputs})", "why?", Result("42")) == "why? (Results so far:\n- 42)"


def test_results_the_query_does_not_quote_stand_before_it() -> None:
    """Pictures and what is quoted already are left out."""
    shown = Result("chart.png", kind="picture", files=("chart.png",))
    assert prompted("Q: {query}", "why 42?", Result("42"), Result("43"), shown) == "Q: Results so far:\n- 43\n\nwhy 42?"
    assert prompted("Q: {query}", "why 42?", Result("42"), shown) == "Q: why 42?"


def test_a_prompt_has_a_system_message() -> None:
    """As a message of its own."""
    prompt = Prompt((Piece("hi"),), "Be kind.")
    assert [message["role"] for message in prompt.messages()] == ["system", "user"]


@pytest.mark.parametrize(
    ("node", "said"),
    [
        (Node(id="a", kind="model"), "needs a model"),
        (node_of(Path("x"), "no place for it"), r"\{query\}"),
        (node_of(Path("x"), backend="openai"), "no url"),
    ],
)
def test_nodes_that_can_not_work_are_refused(node: Node, said: str) -> None:
    """When the worker is made, before anything is loaded."""
    with pytest.raises(InputError, match=said):
        make_model_worker(node, GRAPH)


def test_nodes_share_a_model(tmp_path: Path) -> None:
    """Two nodes with the same weights and different settings: one model in memory, and a walk through both."""
    name = small_models.small_echo_causal()
    before = shared_shelf().loaded.count(str(name))
    nodes = {
        "first": f"{{kind: model, prompt: '{{query}} =>', model: {{name: {name}, max_tokens: 12}}}}",
        "second": f"{{kind: model, model: {{name: {name}, max_tokens: 9, generation: {{min_new_tokens: 9}}}}}}",
    }
    answer = walked(tmp_path, nodes, "edges: [first => second]", "n7")
    assert [(step.status, step.error) for step in answer.trace] == [("done", None), ("done", None)]
    assert answer.trace.step(0).output == "done: n7"
    assert shared_shelf().loaded.count(str(name)) == max(before, 1)


async def test_an_adapter_of_the_node_is_used() -> None:
    """Relative to the graph file; the answer differs from the base's, and the base's stays."""
    base = small_models.small_causal()
    adapter = small_models.small_adapter(base)
    plain, adapted = node_of(base), node_of(base, adapter=str(adapter))
    results = await asyncio.gather(*(result_of(node, "Which country") for node in (plain, adapted, plain)))
    assert results[0] == results[2] != results[1]
    with pytest.raises(InputError, match="LoRA adapter"):
        await result_of(node_of(base, adapter=str(base)), "hello")


async def test_words_are_heard_as_they_come(tmp_path: Path) -> None:
    """Whoever streams the walk gets pieces that add up to the node's answer, all before its step ends."""
    path = tmp_path / "talk.yaml"
    model = f"{{name: {small_models.small_echo_causal()}, max_tokens: 12}}"
    path.write_text(
        "octograph: 1\nname: talk\nstart: a\nnodes:\n"
        f"  a: {{kind: model, prompt: '{{query}} =>', model: {model}}}\nedges: []\n"
    )
    events = [event async for event in Workflow(path).stream("hello")]
    pieces = [event.text for event in events if isinstance(event, Streamed)]
    assert "".join(pieces).strip() == "done: hello"
    assert len(pieces) > 2
    kinds = [type(event).__name__ for event in events]
    assert max(nth for nth, kind in enumerate(kinds) if kind == "Streamed") < kinds.index("HopEnded")


def test_a_missing_model_fails_its_step_in_words(tmp_path: Path) -> None:
    """The walk ends with the reason and the remedy, as people read it."""
    answer = walked(tmp_path, {"a": "{kind: model, model: ./weights}"})
    assert answer.stopped == "failed"
    assert "no folder of model weights" in str(answer.trace.step(0).error)


def test_remote_code_is_trusted_by_the_caller_alone(tmp_path: Path) -> None:
    """Workflow(trust_remote_code=True) and --trust-remote-code say so for their walks; a graph file can't."""
    heard: list[bool] = []

    class Asking:
        async def run(self, call: Call) -> Result:
            from octograph.models.trust import remote_code_trusted

            heard.append(remote_code_trusted())
            return Result("asked")

    for trusted in (False, True, False):
        walked(tmp_path, {"a": "{kind: tool}"}, workers={"a": Asking()}, trust_remote_code=trusted)
    assert heard == [False, True, False]
    assert "--trust-remote-code" in octograph("run", "--help").out
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(
        "octograph: 1\nname: w\nstart: a\nnodes: {a: {kind: model, model: {name: x, trust_remote_code: true}}}\n"
    )
    assert octograph("check", str(wrong)).code == 2


ALL: list[Callable[[], Path]] = [small_models.small_causal, small_models.small_seq2seq, small_models.small_classifier]


@pytest.mark.parametrize("build", ALL)
async def test_a_call_can_be_cancelled_while_it_waits(build: Callable[[], Path]) -> None:
    """Also while the model is still being loaded, and the next call is answered."""
    worker = make_model_worker(node_of(build()), GRAPH)
    call = Call(0, None, "a", Query("hello"))
    shared_shelf().clear()
    task = asyncio.create_task(worker.run(call))
    await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await worker.run(call)).text
