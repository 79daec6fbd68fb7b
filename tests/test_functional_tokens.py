"""Functional tokens mean what the graph or the training says; anything doubtful is an error before the first walk."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import functional_models
import pytest
import small_models
from functional_models import DESK_TOKENS, MARKS, TOKENS, TRAVEL_TOKENS

from octograph import Graph, OctopusSpec, Place, Query, Trace, Workflow
from octograph.graphs.errors import InputError
from octograph.graphs.signature import Neighbor
from octograph.planners.octopus.functional import FunctionalOctopus
from octograph.planners.octopus.trained import Trained, TrainedGraph, outline


def graph(tokens: dict[str, str | None], **options: Any) -> Graph:
    nodes: dict[str, Any] = {"desk": {"kind": "master"}}
    nodes |= {id_: {"kind": "person", **({"token": token} if token else {})} for id_, token in tokens.items()}
    return Graph("desk", nodes, [f"desk -> [{', '.join(tokens)}]"], **options)


def octopus(**spec: Any) -> FunctionalOctopus:
    given = {"model": str(functional_models.random_weights())} if not {"model", "weights"} & set(spec) else {}
    return FunctionalOctopus(OctopusSpec(backend="functional", **given, **spec))


def trained_folder(to: Path, *graphs: Graph, tokens: dict[str, str], adapter: bool = False, **fields: Any) -> Path:
    """What `octograph train` leaves: weights that know the graphs they were trained for."""
    base = functional_models.random_weights()
    shutil.copytree(small_models.small_adapter(base) if adapter else base, to)
    known = tuple(
        TrainedGraph(one.name, outline(one), {id_: tokens[id_] for id_ in one.nodes if id_ in tokens}) for one in graphs
    )
    fields = {"backend": "functional", "settings": MARKS._asdict(), **fields}
    Trained(graphs=known, **fields).write(to)
    return to


def choose(made: FunctionalOctopus, *neighbors: Neighbor, graph: str = "desk") -> Any:
    return asyncio.run(made.choose(Query("Convert 5 miles"), Place("desk"), neighbors, Trace(graph, "Convert 5 miles")))


@pytest.mark.parametrize(
    ("tokens", "fault"),
    [
        ({"a": MARKS.end}, "node 'a' has the token <nexa_end>, which is the end token"),
        ({"a": MARKS.stop}, "node 'a' has the token <nexa_stop>, which is the stop token"),
    ],
)
def test_a_token_has_one_meaning(tokens: dict[str, str | None], fault: str) -> None:
    """Else what the weights say could be read two ways."""
    with pytest.raises(InputError, match=fault):
        octopus().check_graph(graph(tokens))


def test_a_neighbor_without_a_token_is_found_before_the_walk() -> None:
    """Where the Octopus decides, every neighbor must have one; elsewhere none needs any."""
    spec = OctopusSpec(backend="functional", model=str(functional_models.random_weights()))
    made = FunctionalOctopus(spec)
    with pytest.raises(InputError, match="desk: node 'b' has no functional token, so the Octopus can't choose it"):
        made.check_graph(graph({"a": TOKENS[0], "b": None}, octopus=spec))
    made.check_graph(graph({"a": TOKENS[0], "b": None}))
    with pytest.raises(InputError, match="node 'b' has no functional token"):
        choose(made, Neighbor("a", token=TOKENS[0]), Neighbor("b"))


def test_a_token_that_the_weights_lack_is_named_with_those_they_have() -> None:
    """At the first question, when the tokenizer is there; nothing is chosen instead."""
    with pytest.raises(InputError, match=r"no token <nexa_77> \(of node 'a'\).*<nexa_0>, <nexa_1>"):
        choose(octopus(), Neighbor("a", token="<nexa_77>"), Neighbor("b", token=TOKENS[1]))


def test_trained_weights_bring_their_tokens(tmp_path: Path) -> None:
    """No token need be written in the graph that the weights were trained for."""
    known = graph({"a": None, "b": None})
    made = octopus(weights=str(trained_folder(tmp_path / "w", known, tokens={"a": TOKENS[3], "b": TOKENS[5]})))
    made.check_graph(known)
    decisions = choose(made, Neighbor("a"), Neighbor("b"))
    assert {decision.neighbor for decision in decisions if decision.part == 0} == {"a", "b", None}


def test_a_graph_that_is_not_the_one_trained_for_is_refused(tmp_path: Path) -> None:
    """A changed description, a further node, another name: said, not walked."""
    folder = trained_folder(tmp_path / "w", graph({"a": None, "b": None}), tokens={"a": TOKENS[3], "b": TOKENS[5]})
    made = octopus(weights=str(folder))
    with pytest.raises(InputError, match="has changed since training: new: c, changed: desk"):
        made.check_graph(graph({"a": None, "b": None, "c": None}))
    with pytest.raises(InputError, match="desk has changed since training"):
        Workflow(graph({"a": None, "c": None}), octopus=folder).run("hello")


def test_the_graph_may_not_contradict_the_training(tmp_path: Path) -> None:
    """Another token than the one learned would misroute every request for that node."""
    known = graph({"a": TOKENS[1], "b": None})
    made = octopus(weights=str(trained_folder(tmp_path / "w", known, tokens={"a": TOKENS[3], "b": TOKENS[5]})))
    with pytest.raises(InputError, match=r"node 'a' has token <nexa_1> in the graph, .* learned <nexa_3>"):
        made.check_graph(known)


def test_a_folder_of_trained_weights_knows_its_graph_also_as_a_model(tmp_path: Path) -> None:
    """Named as `model:`, trained weights are as strict as named as `weights:`."""
    folder = trained_folder(tmp_path / "w", graph({"a": None}), tokens={"a": TOKENS[3]})
    with pytest.raises(InputError, match="has changed since training"):
        octopus(model=str(folder)).check_graph(graph({"b": TOKENS[3]}))


def test_weights_that_are_an_adapter_go_on_their_base(tmp_path: Path) -> None:
    """The base is named in octograph.json, relative to the folder or not, or by `model:`."""
    known, base = graph({"a": None, "b": None}), functional_models.random_weights()
    tokens = {"a": TOKENS[3], "b": TOKENS[5]}
    folder = trained_folder(tmp_path / "w", known, tokens=tokens, adapter=True, base=str(base))
    bare = trained_folder(tmp_path / "x", known, tokens=tokens, adapter=True)
    found = []
    for made in (octopus(weights=str(folder)), octopus(weights=str(bare), model=str(base))):
        made.check_graph(known)
        found.append(choose(made, Neighbor("a"), Neighbor("b")))
    plain = choose(octopus(), Neighbor("a", token=TOKENS[3]), Neighbor("b", token=TOKENS[5]))
    assert found[0] == found[1]
    assert [one.probability for one in found[0]] != [one.probability for one in plain]
    with pytest.raises(InputError, match="names no base; say the base as model:"):
        octopus(weights=str(bare))
    with pytest.raises(InputError, match="leave one of them out"):
        octopus(weights=str(folder), adapter=str(folder))


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        ({"weights": "nowhere"}, r"nowhere/octograph.json: can't be read"),
        ({"model": "./nowhere"}, "no folder of model weights at .*nowhere"),
        ({"settings": {"propmt": "x"}}, "settings: 'propmt' is unknown; did you mean 'prompt'"),
        ({"settings": {"prompt": "no place for it"}}, r"must have \{query\} in it"),
        ({"settings": {"prompt": 3}}, "settings: prompt is a text"),
        ({"settings": {"rounds": 0}}, "settings: rounds is a whole number from 1 to 100, not 0"),
        ({"settings": {"calls": True}}, "settings: calls is a whole number"),
        ({"settings": {"chat": "yes"}}, "settings: chat is true or false"),
        ({"adapter": "./nowhere"}, "no folder of a LoRA adapter at .*nowhere"),
    ],
)
def test_what_can_not_be_used_is_an_error_at_load(spec: dict[str, Any], fault: str) -> None:
    """Before any weights are read."""
    with pytest.raises(InputError, match=fault):
        octopus(**spec)


def test_without_a_model_the_remedy_is_said() -> None:
    """The backend alone is not enough."""
    with pytest.raises(InputError, match=r"needs a language model: octopus: \{backend: functional, model:"):
        FunctionalOctopus(OctopusSpec(backend="functional"))


def test_weights_for_another_backend_are_refused(tmp_path: Path) -> None:
    """A trained head of the embedded Octopus is no language model."""
    folder = trained_folder(tmp_path / "w", graph({"a": None}), tokens={}, backend="embedded")
    with pytest.raises(InputError, match="trained for the backend embedded"):
        octopus(weights=str(folder))


def test_two_graphs_of_one_name_can_not_share_tokens_unseen() -> None:
    """Inside agents graphs meet; which token means what must be plain."""
    made = octopus()
    made.check_graph(graph({"a": TOKENS[0]}))
    made.check_graph(graph({"a": TOKENS[0]}))
    with pytest.raises(InputError, match="two graphs are named desk"):
        made.check_graph(graph({"b": TOKENS[0]}))


def test_weights_in_the_form_of_octopus_v4_load_by_yaml_alone(tmp_path: Path) -> None:
    """A Phi-3 with `<nexa_0>`..., their end token, no stop, and a prompt in the graph file; its code is not run."""
    import transformers

    source = small_models.small_phi3()
    tokenizer = transformers.AutoTokenizer.from_pretrained(source)
    model = transformers.AutoModelForCausalLM.from_pretrained(source)
    roles = ["<|system|>", "<|user|>", "<|assistant|>", "<|end|>"]
    tokenizer.add_tokens([*roles, *TOKENS[:18], "<nexa_end>"], special_tokens=True)
    model.resize_token_embeddings(len(tokenizer), mean_resizing=False)
    prompt = "<|system|>You are a router. <|end|><|user|>{query}<|end|><|assistant|>"
    cases = [
        functional_models.Case(text, [functional_models.FunctionCall(token, said)])
        for text, token, said in (
            ("Derive x^3 at 2", TOKENS[4], "Determine the derivative of f(x) = x^3 at x = 2 ('f')"),
            ("Who wrote the Iliad?", TOKENS[6], "Identify the poet who wrote the 'Iliad'."),
        )
    ]
    functional_models.overfit(model, tokenizer, cases, functional_models.Template(prompt))
    model.save_pretrained(tmp_path / "octopus-v4")
    tokenizer.save_pretrained(tmp_path / "octopus-v4")
    config = json.loads((tmp_path / "octopus-v4" / "config.json").read_text(encoding="utf-8"))
    config["auto_map"] = {name: f"phi3.Phi3{name}" for name in ("AutoConfig", "AutoModelForCausalLM")}  # not there
    (tmp_path / "octopus-v4" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (tmp_path / "router.yaml").write_text(
        f"""
        octograph: 1
        name: router
        start: router
        octopus:
          backend: functional
          model: {{name: octopus-v4, max_tokens: 80}}
          settings: {{calls: 1, prompt: "{prompt}"}}
        nodes:
          router: {{kind: master}}
          math: {{kind: person, token: "<nexa_4>"}}
          history: {{kind: person, token: "<nexa_6>"}}
        edges: ["router -> [math, history]"]
        """,
        encoding="utf-8",
    )
    plan = Workflow(Graph.read(tmp_path / "router.yaml")).plan(cases[0].request)
    assert [(node.id, node.query) for node in plan.nodes] == [("math", cases[0].calls[0].query)]
    plan = Workflow(Graph.read(tmp_path / "router.yaml")).plan(cases[1].request)
    assert [(node.id, node.query) for node in plan.nodes] == [("history", "Identify the poet who wrote the 'Iliad'.")]


def test_both_levels_of_a_trained_graph_are_known(tmp_path: Path) -> None:
    """A sub-graph has tokens of its own, and the same weights refuse one that has changed."""
    desk = functional_models.desk(tmp_path / "w", trained=True)
    both = (desk, desk.agents["travel"])
    folder = trained_folder(tmp_path / "w", *both, tokens=DESK_TOKENS | TRAVEL_TOKENS)
    made = octopus(weights=str(folder))
    for one in both:
        made.check_graph(one)
    changed = replace_description(desk.agents["travel"])
    with pytest.raises(InputError, match="travel has changed since training: changed: weather"):
        made.check_graph(changed)


def replace_description(graph: Graph) -> Graph:
    nodes = {id_: node.model_dump(exclude_defaults=True) for id_, node in graph.nodes.items()}
    nodes["weather"]["description"] = "Something else."
    return Graph(graph.name, nodes, [str(edge) for edge in graph.edges])


def test_neighbors_of_one_question_may_not_share_a_token() -> None:
    """Asked without a graph, too."""
    same = [Neighbor("a", token=TOKENS[0]), replace(Neighbor("b"), token=TOKENS[0])]
    with pytest.raises(InputError, match="stands for two things"):
        choose(octopus(), *same)


def test_functional_tokens_are_not_asked_for_at_an_address() -> None:
    """Their probabilities are read off the model itself: an endpoint is for the chat Octopus."""
    model = {"name": str(functional_models.random_weights()), "url": "http://localhost:8000/v1"}
    with pytest.raises(InputError, match="backend: chat"):
        octopus(model=model)


def test_weights_that_nobody_trained_for_a_graph_are_no_octopus() -> None:
    """`--octopus DIR` of a language model from elsewhere: which backend it is for, only the graph can say."""
    with pytest.raises(InputError, match=r"no octograph\.json.*backend: functional, model"):
        Workflow(graph({"a": TOKENS[0]}), octopus=functional_models.random_weights())
