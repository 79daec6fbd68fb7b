"""MMLU through a graph: specialists get worked examples of the subject, the Octopus only the question."""

from __future__ import annotations

import doctest
import json
from pathlib import Path

import pytest

from octograph import Call, InputError, Result, Workflow
from octograph.evaluation import mmlu
from octograph.evaluation.mmlu import Question, figures, mark, read_questions
from octograph.graphs.model import Graph
from octograph.planners.octopus.scripted import ScriptedOctopus

GRAPH = Graph(
    "school",
    {"head": {"kind": "master"}, "maths": {"kind": "model", "model": "m"}, "art": {"kind": "model", "model": "m"}},
    ["head -> [maths, art]"],
)
SUM = Question("What is 2 + 2?\nA. 3\nB. 4\nC. 5\nD. 6", "B", "adding", "maths")
PAINT = Question("Blue and yellow make\nA. red\nB. black\nC. green\nD. white", "C", "colors", "art")
EXAMPLES = [Question("What is 1 + 1?\nA. 2\nB. 3\nC. 4\nD. 5", "A", "adding", "maths"), PAINT]


class Pupil:
    """Answers by looking at what it was told."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def run(self, call: Call) -> Result:
        self.heard.append(call.query.text)
        question = call.query.text.split("\n\n")[-1]
        return Result("The answer is B." if "2 + 2" in question else "no idea")


def school(pupil: Pupil) -> tuple[Workflow, list[str]]:
    asked: list[str] = []

    def rule(query, at, neighbors, trace):  # type: ignore[no-untyped-def]
        if trace.steps or trace.running:
            return []
        asked.append(query.text)
        return ["maths"]  # whatever it is asked

    return Workflow(GRAPH, octopus=ScriptedOctopus(rule), workers={"maths": pupil, "art": pupil}), asked


async def test_the_specialist_sees_examples_of_its_subject_and_the_octopus_only_the_question() -> None:
    """Routing must not be helped by the worked examples; the question itself is never among them."""
    pupil = Pupil()
    workflow, asked = school(pupil)
    await mark(workflow, [SUM, PAINT], EXAMPLES)
    assert sorted(asked) == sorted([SUM.query, PAINT.query])
    assert sorted(pupil.heard) == sorted(
        [f"{EXAMPLES[0].query}\nAnswer: A\n\n{SUM.query}\nAnswer:", f"{PAINT.query}\nAnswer:"]
    )


async def test_figures_tell_wrong_answers_from_wrong_routes() -> None:
    """What was answered without a letter is wrong, and counted."""
    workflow, _ = school(Pupil())
    told = figures(await mark(workflow, [SUM, PAINT], EXAMPLES, parallel=1))
    assert told["n"] == 2
    assert told["accuracy"] == told["routed_right"] == 0.5
    assert told["accuracy_routed_right"] == 1
    assert told["accuracy_routed_wrong"] == 0
    assert told["no_letter"] == 1
    assert told["by_subject"] == {"adding": 1.0, "colors": 0.0}


async def test_a_failing_specialist_costs_its_question_only() -> None:
    """The walk fails, the run goes on."""

    class Absent:
        async def run(self, call: Call) -> Result:
            raise RuntimeError("gone")

    workflow, _ = school(Pupil())
    marked = await mark(workflow.with_workers({"maths": Absent()}), [SUM])
    assert [one.letter for one in marked] == [None]


def test_letters_are_read_off_answers() -> None:
    """The documented readings hold; an article is no choice."""
    assert doctest.testmod(mmlu).failed == 0
    assert mmlu.letter_of("A dense solid") is None
    assert mmlu.letter_of("**D**") == "D"
    assert mmlu.letter_of("") is None


def test_every_bad_line_of_a_question_file_is_named(tmp_path: Path) -> None:
    """No question is left out silently."""
    file = tmp_path / "test.jsonl"
    good = {"query": "q", "answer": "A", "subject": "s", "nodes": ["maths"]}
    file.write_text("\n".join(["{}", json.dumps(good), "nonsense", json.dumps({**good, "nodes": []})]))
    with pytest.raises(InputError) as caught:
        read_questions(file)
    assert [line.split(": ")[0].rsplit(":", 1)[1] for line in str(caught.value).splitlines()] == ["1", "3", "4"]
