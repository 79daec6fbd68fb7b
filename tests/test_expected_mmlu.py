"""MMLU on paper: routing times published scores, on cases worked out by hand; and what is shipped as published."""

from __future__ import annotations

import doctest
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from octograph import Decision, Graph, InputError, Workflow
from octograph.evaluation import confusion as confusion_module
from octograph.evaluation.confusion import Routed, confusion, route, routed
from octograph.evaluation.expected_mmlu import expected, figures, main, weights_of, workers_of
from octograph.evaluation.mmlu import Question
from octograph.evaluation.published_scores import Published, Range, Score, read_published
from octograph.planners.octopus.scripted import ScriptedOctopus

GRAPH = Graph(
    "school",
    {
        "head": {"kind": "master"},
        "maths": {"kind": "model", "model": {"name": "counter"}},
        "art": {"kind": "model", "model": {"name": "painter"}},
        "music": {"kind": "model", "model": {"name": "singer"}},
    },
    ["head -> [maths, art, music]"],
)
WORKERS = {"maths": "counter", "art": "painter", "music": "singer"}
PUBLISHED = Published(
    {
        "counter": Score(0.5, {"sums": 0.9, "colors": 0.3}, "a paper"),
        "painter": Score(0.6, source="a card"),
        "singer": Score(),
    },
    {"sums": 30, "colors": 10},
)


def question(subject: str, field: str) -> Question:
    return Question(f"something about {subject}\nA. yes\nB. no", "A", subject, field)


SUM, COLOR = question("sums", "maths"), question("colors", "art")


def test_expected_accuracy_is_routing_times_scores() -> None:
    """By hand: (3 * (0.8 * 0.9 + 0.2 * 0.6) + 1 * (0.5 * 0.3 + 0.5 * 0.6)) / 4 = 0.7425; weights need not sum to 1."""
    routes = {"sums": {"maths": 0.8, "art": 0.2}, "colors": {"maths": 0.5, "art": 0.5}}
    assert expected(routes, {"sums": 3, "colors": 1}, WORKERS, PUBLISHED) == pytest.approx((0.7425, 0.7425))


def test_an_unknown_score_makes_a_range() -> None:
    """A quarter of the questions goes to a worker nobody published anything of: all wrong, or all right."""
    known = {"sums": {"maths": 0.75, "music": 0.25}}
    assert expected(known, {"sums": 7}, WORKERS, PUBLISHED) == pytest.approx((0.675, 0.925))
    stranger = {"sums": {"maths": 0.75, "nobody knows": 0.25}}
    assert expected(stranger, {"sums": 7}, WORKERS, PUBLISHED) == pytest.approx((0.675, 0.925))


def test_what_nobody_gets_is_wrong() -> None:
    """Where the Octopus would rather stop, there is no answer."""
    assert expected({"sums": {"maths": 0.5}}, {"sums": 1}, WORKERS, PUBLISHED) == pytest.approx((0.45, 0.45))


@given(
    st.dictionaries(
        st.sampled_from(["sums", "colors"]),
        st.lists(st.floats(0.01, 1), min_size=3, max_size=3),
        min_size=1,
    )
)
def test_no_routing_beats_the_best_worker_of_every_subject(raw: dict[str, list[float]]) -> None:
    """Nor is any worse than the worst: expected accuracy is a mean of scores."""
    routes = {
        subject: {node: share / sum(split) for node, share in zip(WORKERS, split, strict=True)}
        for subject, split in raw.items()
    }
    low, high = expected(routes, dict.fromkeys(routes, 1.0), WORKERS, PUBLISHED)
    ends = [score.on(subject) for score in PUBLISHED.models.values() for subject in routes]
    assert min(end.low for end in ends) - 1e-9 <= low <= high <= max(end.high for end in ends) + 1e-9


def test_a_question_goes_where_the_first_decision_sends_it() -> None:
    """Other parts of a request are left out, stopping is nobody, and the most probable alternative is chosen."""
    decided = [
        Decision("art", "q", 0.3),
        Decision(None, "q", 0.5),
        Decision("maths", "q", 0.2),
        Decision("music", "q", 1.0, part=1),
    ]
    assert routed(SUM, decided) == Routed(SUM, {"art": 0.3, "maths": 0.2}, None)
    assert routed(SUM, [decided[0], decided[2]]).chosen == "art"
    assert routed(SUM, []) == Routed(SUM, {}, None)


async def test_routing_asks_the_octopus_the_question_with_its_choices() -> None:
    """Nothing is walked: no worker of this graph could be loaded."""
    asked: list[str] = []

    def rule(query, at, neighbors, trace):  # type: ignore[no-untyped-def]
        asked.append(query.text)
        return ["maths" if "sums" in query.text else "music"]

    done = await route(Workflow(GRAPH, octopus=ScriptedOctopus(rule)), [SUM, COLOR])
    assert asked == [SUM.query, COLOR.query]
    assert [one.chosen for one in done] == ["maths", "music"]


def test_the_confusion_is_a_mean_by_subject() -> None:
    """As documented; a subject without a decision is there, with nobody."""
    assert doctest.testmod(confusion_module).failed == 0
    assert confusion([("sums", {}), ("sums", {"art": 0.5})]) == {"sums": {"art": 0.25}}
    assert confusion([("sums", {})]) == {"sums": {}}


def test_figures_set_routing_beside_perfect_routing_and_each_worker_alone() -> None:
    """By hand, with one sum of two gone astray: top-1 (0.9 + 0.6 + 0.6) / 3, perfect (0.9 + 0.9 + 0.6) / 3."""
    done = [
        Routed(SUM, {"maths": 0.6, "art": 0.4}, "maths"),
        Routed(SUM, {"maths": 0.4, "art": 0.6}, "art"),
        Routed(COLOR, {"art": 1.0}, "art"),
    ]
    told = figures(done, WORKERS, PUBLISHED, weights_of([one.question for one in done]))
    assert (told["n"], told["subjects"]) == (3, 2)
    assert told["all"]["routed_right"] == pytest.approx(2 / 3)
    assert told["all"]["top1"] == pytest.approx((0.7, 0.7))
    assert told["all"]["by_probability"] == pytest.approx((0.7, 0.7))
    assert told["all"]["perfect"] == pytest.approx((0.8, 0.8))
    assert list(told["fields"]) == ["maths", "art"]
    assert told["fields"]["maths"]["routed_right"] == 0.5
    assert told["fields"]["maths"]["top1"] == pytest.approx((0.75, 0.75))
    assert told["fields"]["art"]["perfect"] == pytest.approx((0.6, 0.6))
    assert told["alone"] == {
        "counter": pytest.approx((0.7, 0.7)),
        "painter": pytest.approx((0.6, 0.6)),
        "singer": (0, 1),
    }
    assert told["best_alone"] == "counter"
    assert told["published"] == {"counter": "by subject", "painter": "overall", "singer": "unknown"}


def test_subjects_count_by_their_questions_here_or_in_the_test_part() -> None:
    """A file with a few questions of each subject can stand for the test part; a subject without a size is an error."""
    assert weights_of([SUM, SUM, COLOR]) == {"sums": 2, "colors": 1}
    assert weights_of([SUM, SUM, COLOR], PUBLISHED.test_questions) == {"sums": 30, "colors": 10}
    with pytest.raises(InputError, match="no subject 'color' in the test part; did you mean 'colors'"):
        weights_of([question("color", "art")], PUBLISHED.test_questions)


def test_a_question_for_no_worker_is_an_error() -> None:
    """Masters answer nothing; the nearest name is told."""
    assert workers_of(GRAPH, [SUM]) == WORKERS
    with pytest.raises(InputError, match="no worker 'math' in school; did you mean 'maths'"):
        workers_of(GRAPH, [question("sums", "math")])
    with pytest.raises(InputError, match="no worker 'head'"):
        workers_of(GRAPH, [question("sums", "head")])


def test_a_range_shows_both_ends_only_if_they_differ() -> None:
    """Percent, one decimal."""
    assert str(Range(0.5, 0.5)) == "50.0"
    assert str(Range(0.25, 1)) == "25.0-100.0"


def test_every_entry_that_is_no_score_is_named(tmp_path: Path) -> None:
    """A figure without a source, or outside 0 to 1, is not taken."""
    file = tmp_path / "scores.json"
    source = {"title": "t", "address": "a"}
    models = {
        "sound": {"overall": 0.5, "source": source},
        "bare": {"overall": 0.5},
        "unknown": {"unknown": "not found"},
    }
    models |= {"percent": {"overall": 66.2, "source": source}}
    file.write_text(json.dumps({"models": models, "test_questions": {}}))
    with pytest.raises(InputError) as caught:
        read_published(file)
    assert [line.split(": ")[1] for line in str(caught.value).splitlines()] == ["models.bare", "models.percent"]
    file.write_text("[]")
    with pytest.raises(InputError, match="needs an object with 'models'"):
        read_published(file)


def test_the_shipped_scores_agree_with_themselves() -> None:
    """57 subjects of 14,042 questions in all; scores by subject give the score in all; every figure has its source."""
    published = read_published()
    sizes = published.test_questions
    assert len(sizes) == 57
    assert sum(sizes.values()) == 14_042
    for score in published.models.values():
        assert (score.overall is None) == (score.known == "unknown")
        assert "https://" in score.source or score.known == "unknown"
        if score.subjects:
            assert set(score.subjects) == set(sizes)
            mean = sum(score.subjects[name] * size for name, size in sizes.items()) / 14_042
            assert mean == pytest.approx(score.overall, abs=1e-4)


def test_the_shipped_scores_name_every_worker_of_the_papers_graph() -> None:
    """Those that nothing was found of are there as unknown."""
    workers = workers_of(Workflow("mmlu").graph, [])
    assert set(workers.values()) == set(read_published().models)


def test_the_command_prints_a_table_or_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bad file ends it with a message, and no traceback."""
    graph, data, scores = tmp_path / "school.yaml", tmp_path / "q.jsonl", tmp_path / "scores.json"
    graph.write_text(
        "octograph: 1\nname: school\nstart: head\noctopus: {backend: scripted, settings: {script: [maths]}}\n"
        "nodes:\n  head: {kind: master}\n  maths: {kind: model, model: {name: counter}}\nedges: [head -> maths]\n"
    )
    line = {"query": SUM.query, "answer": "A", "subject": "sums", "nodes": ["maths"]}
    data.write_text(json.dumps(line) + "\n")
    entry = {"overall": 0.5, "subjects": {"sums": 0.9}, "source": {"title": "t", "address": "a"}}
    scores.write_text(json.dumps({"models": {"counter": entry}, "test_questions": {"sums": 3}}))
    command = ["expected_mmlu", str(graph), str(data), "--scores", str(scores)]
    monkeypatch.setattr(sys, "argv", command)
    main()
    shown = capsys.readouterr().out
    assert "all                          100.0            90.0            90.0            90.0" in shown
    assert "1 questions of 1 subjects; expected from published scores, not measured" in shown
    assert "counter                                             90.0  by subject, the best known" in shown
    monkeypatch.setattr(sys, "argv", [*command, "--weights", "test", "--json"])
    main()
    told = json.loads(capsys.readouterr().out)
    assert told["all"]["top1"] == [0.9, 0.9]
    data.write_text("")
    with pytest.raises(SystemExit, match="no questions in it"):
        main()
