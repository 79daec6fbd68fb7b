"""`octograph run` and `octograph plan`: the answer on stdout, the walk on stderr, JSON as documented."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import pytest
from terminal import EXAMPLES, SHOP, octograph, start

TWO_PARTS = "How much are three lamps and when do they arrive in Rome?"


def test_the_answer_is_all_that_stdout_gets() -> None:
    """stdout carries the answer alone; each hop is a line on stderr, with node, probability, query and result."""
    ended = octograph("run", "shop.yaml", *SHOP, TWO_PARTS)
    assert (ended.code, ended.out) == (0, "87.00 euros\n3 days\n")
    hops = ended.err.splitlines()
    assert any("price" in hop and "%" in hop and "three lamps" in hop and "87.00 euros" in hop for hop in hops)
    assert any("delivery" in hop and "Rome" in hop and "3 days" in hop for hop in hops)


def test_quiet_keeps_stderr_silent() -> None:
    """With --quiet only the answer is printed."""
    ended = octograph("run", "shop.yaml", *SHOP, "--quiet", TWO_PARTS)
    assert (ended.code, ended.out, ended.err) == (0, "87.00 euros\n3 days\n", "")


def test_json_is_the_answer_with_its_trace() -> None:
    """--json prints text, data, probability, stopped and the steps; the steps make a trace again."""
    from octograph.graphs.walk import Trace

    data = json.loads(octograph("run", "shop.yaml", *SHOP, "--json", TWO_PARTS).out)
    assert {"text", "data", "probability", "stopped", "trace"} <= data.keys()
    assert data["stopped"] == "done"
    assert 0 < data["probability"] <= 1
    step = data["trace"]["steps"][0]
    assert {"hop", "node", "query", "arguments", "probability", "output", "seconds", "attempts"} <= step.keys()
    assert Trace.from_data(data["trace"]).to_data() == data["trace"]


def test_streamed_results_come_one_by_one() -> None:
    """--stream prints every result as it comes, then the answer; with --json an event a line, the answer last."""
    ended = octograph("run", "shop.yaml", *SHOP, "--stream", TWO_PARTS)
    assert sorted(ended.out.splitlines()[:2]) == ["delivery: 3 days", "price: 87.00 euros"]
    assert ended.out.endswith("\n87.00 euros\n3 days\n")
    events = [
        json.loads(line)
        for line in octograph("run", "shop.yaml", *SHOP, "--stream", "--json", TWO_PARTS).out.splitlines()
    ]
    assert [event["event"] for event in events if event["event"] == "HopEnded"] == ["HopEnded"] * 2
    assert {event["event"] for event in events} == {"Decided", "HopStarted", "HopEnded", "WalkEnded"}
    assert events[-1]["answer"]["text"] == "87.00 euros\n3 days"


def test_a_request_can_come_from_stdin() -> None:
    """`-` reads the request; one that is empty is an error that shows an example."""
    assert octograph("run", "shop.yaml", *SHOP, "-q", "-", stdin="what's the price of a chair\n").out == "75.00 euros\n"
    for ended in (octograph("run", "shop.yaml", "-", stdin=" \n"), octograph("run", "shop.yaml", "")):
        assert (ended.code, ended.out) == (2, "")
        assert "is empty; say what is wanted" in ended.err
    for words in ("-", "price of a \udcff lamp"):
        ended = octograph("run", "shop.yaml", words, stdin="price of a \udcff lamp")
        assert (ended.code, ended.err) == (2, f"{'stdin' if words == '-' else 'the request'} is not UTF-8 text\n")


def test_a_request_that_nothing_fits_is_answered_with_what_could_be_done() -> None:
    """Abstaining is an answer: exit code 0, and the text lists the nodes."""
    ended = octograph("run", "shop.yaml", *SHOP, "Book me a table for two tonight.")
    assert ended.code == 0
    assert "price: What a thing in the shop costs." in ended.out


def test_a_spent_budget_gives_the_best_answer_so_far() -> None:
    """With --max-hops 1 one of two parts is answered; the JSON says why it stopped, and the exit code stays 0."""
    ended = octograph("run", "shop.yaml", *SHOP, "--max-hops", "1", "--json", TWO_PARTS)
    data = json.loads(ended.out)
    assert (ended.code, data["stopped"]) == (0, "hops")
    assert data["text"].startswith("87.00 euros")


def test_a_walk_that_fails_says_so(tmp_path: Path) -> None:
    """A worker's error is in words, on stdout as the answer's text, with exit code 1 and no traceback."""
    (tmp_path / "failing.py").write_text(
        "from octograph import tool, WorkerError\n@tool\ndef broken(text: str) -> str:\n"
        "    'Repairs a bicycle.'\n    raise WorkerError('the spanner is missing')\n"
    )
    graph = "octograph: 1\nname: g\nstart: broken\nnodes:\n  broken: {kind: tool, tool: failing.broken}\n"
    (tmp_path / "g.yaml").write_text(graph)
    ended = octograph("run", "g.yaml", "--tools", "failing", "Repair my bicycle", folder=tmp_path)
    assert ended.code == 1
    assert "the spanner is missing" in ended.out
    assert "Traceback" not in ended.err


def test_a_worker_without_an_implementation_can_be_planned_but_not_run(tmp_path: Path) -> None:
    """Planning works on bare nodes; running one is an error that names the remedy."""
    (tmp_path / "g.yaml").write_text(
        "octograph: 1\nname: g\nstart: m\nnodes:\n  m: {kind: master}\n"
        "  cook: {kind: tool, description: Cooks a meal., examples: [cook some soup]}\n"
        "  clean: {kind: tool, description: Cleans the windows., examples: [wash the windows]}\n"
        "edges: [m -> cook, m -> clean]\n"
    )
    assert "cook" in octograph("plan", "g.yaml", "cook some soup for me", folder=tmp_path).out
    ended = octograph("run", "g.yaml", "cook some soup for me", folder=tmp_path)
    assert ended.code != 0
    assert "name its tool" in ended.err + ended.out


def test_a_plan_shows_the_walk_without_running_it() -> None:
    """`plan` prints the nodes with probabilities, and as JSON nodes, links and the plan's probability."""
    ended = octograph("plan", "shop.yaml", *SHOP, TWO_PARTS)
    assert ended.code == 0
    assert "price" in ended.out
    assert "euros" not in ended.out
    data = json.loads(octograph("plan", "shop.yaml", *SHOP, "--json", TWO_PARTS).out)
    assert [node["id"] for node in data["nodes"]] == ["price", "delivery"]
    assert data["nodes"][0].keys() >= {"id", "query", "probability"}
    assert data["links"] == []
    assert 0 < data["probability"] <= 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run", "shop.yml", "hello"), "did you mean 'shop.yaml'?"),
        (("run", "dask", "hello"), "did you mean 'desk'?"),
        (("run", "shop.yaml", "--tools", "shoptools", "hello"), "--tools shoptools: can't be imported"),
        (("run", "shop.yaml", *SHOP, "--octopus", "embeded", "hello"), "did you mean 'embedded'?"),
        (("run", "shop.yaml", *SHOP, "--files", "nowhere", "hello"), "'nowhere' is not a folder"),
        (("run", "shop.yaml", *SHOP, "--seconds", "0", "hello"), "seconds is 0"),
        (("run", "shop.yaml", *SHOP, "--max-hops", "0", "hello"), "max-hops"),
        (("run", "shop.yaml", *SHOP, "what", "a", "lot", "of", "words"), "unexpected extra argument"),
        (("run",), "Missing argument"),
        (("walk",), "No such command"),
    ],
)
def test_bad_input_is_told_in_words(arguments: tuple[str, ...], says: str) -> None:
    """Every wrong argument ends with exit code 2 and a line that says what to do; nothing reaches stdout."""
    ended = octograph(*arguments)
    assert (ended.code, ended.out) == (2, "")
    assert says in " ".join(ended.err.replace("│", " ").split())
    assert "Traceback" not in ended.err


def test_a_module_that_exits_when_imported_is_told_in_words(tmp_path: Path) -> None:
    """`--tools` with a script that ends the program is bad input, not a silent exit."""
    (tmp_path / "script.py").write_text("import sys\nsys.exit(3)\n")
    ended = octograph("plan", "desk", "--tools", "script", "hello", folder=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == "--tools script: can't be imported: SystemExit: 3\n"


def test_a_tool_nobody_knows_is_named_with_its_place(tmp_path: Path) -> None:
    """A graph that names a tool of a module that was not given by --tools is bad input, with file, line and column."""
    (tmp_path / "g.yaml").write_text("octograph: 1\nname: g\nstart: a\nnodes:\n  a: {kind: tool, tool: mytools.add}\n")
    for command in (("run", "g.yaml", "hello"), ("plan", "g.yaml", "hello"), ("check", "g.yaml")):
        ended = octograph(*command, folder=tmp_path)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err.startswith("g.yaml:5:25: nodes.a.tool: no tool 'mytools.add'")


def test_ctrl_c_prints_what_has_been_found_so_far(tmp_path: Path) -> None:
    """An interrupted walk ends with code 130, and the answer of the parts that were done."""
    (tmp_path / "slow.py").write_text(
        "import time\n"
        "from octograph import tool\n"
        "@tool('slow.greet', examples=['say hello'])\n"
        "def greet(text: str) -> str:\n    'Says hello.'\n    return 'Hello!'\n"
        "@tool('slow.nap', examples=['take a nap'])\n"
        "def nap(text: str) -> str:\n    'Takes a nap.'\n    time.sleep(60)\n"
    )
    (tmp_path / "g.yaml").write_text(
        "octograph: 1\nname: g\nstart: m\nnodes:\n  m: {kind: master}\n"
        "  greet: {kind: tool, tool: slow.greet}\n  nap: {kind: tool, tool: slow.nap}\nedges: [m -> greet, m -> nap]\n"
    )
    process = start("run", "g.yaml", "--tools", "slow", "Say hello and take a nap.", folder=tmp_path)
    assert process.stderr is not None
    assert b"greet" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert out.decode().startswith("Hello!")
    assert b"Traceback" not in err


def test_a_walk_that_was_broken_off_is_gone_on_with(tmp_path: Path) -> None:
    """With --thread the hops that were done are not done again when the same command is given again."""
    (tmp_path / "counting.py").write_text(
        "import pathlib, time\n"
        "from octograph import tool\n"
        "@tool('counting.greet', examples=['say hello'])\n"
        "def greet(text: str) -> str:\n    'Says hello.'\n"
        "    pathlib.Path('greeted.txt').open('a').write('x')\n    return 'Hello!'\n"
        "@tool('counting.nap')\n"
        "def nap(text: str) -> str:\n    'Takes a nap.'\n"
        "    again = pathlib.Path('napped.txt').exists()\n    pathlib.Path('napped.txt').touch()\n"
        "    again or time.sleep(60)\n    return text + ' I am rested.'\n"
    )
    (tmp_path / "g.yaml").write_text(
        "octograph: 1\nname: g\nstart: greet\nnodes:\n"
        "  greet: {kind: tool, tool: counting.greet}\n  nap: {kind: tool, tool: counting.nap}\n"
        "edges: [greet => nap]\n"
    )
    command = ("run", "g.yaml", "--tools", "counting", "--thread", "siesta", "Say hello.")
    first = start(*command, folder=tmp_path, OCTOGRAPH_DATA=str(tmp_path / "data"))
    while first.poll() is None and not (tmp_path / "napped.txt").exists():
        sleep(0.02)
    first.send_signal(signal.SIGINT)
    assert first.wait(timeout=30) == 130
    second = start(*command, folder=tmp_path, OCTOGRAPH_DATA=str(tmp_path / "data"))
    out, err = second.communicate(timeout=30)
    assert (second.returncode, out.decode()) == (0, "Hello! I am rested.\n"), err
    assert (tmp_path / "greeted.txt").read_text() == "x"


def test_a_closed_pipe_is_silent() -> None:
    """`octograph ... | head -0` leaves no complaint behind."""
    process = start("schema")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(timeout=30) == 141
    assert process.stderr.read() == b""


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-"])
def test_closed_streams_do_no_harm(closed: str) -> None:
    """Without stdin, stdout or stderr a command ends as it would have, and never with a traceback."""
    command = f'"{sys.executable}" -m octograph draw shop.yaml {closed}'
    ended = subprocess.run(command, shell=True, cwd=EXAMPLES, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_full_disk_is_told_in_words() -> None:
    """What can't be written ends with exit code 1 and the reason, not as a bug."""
    command = f'"{sys.executable}" -m octograph schema > /dev/full'
    ended = subprocess.run(command, shell=True, cwd=EXAMPLES, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (1, "octograph: No space left on device\n")


def test_colors_follow_the_terminal_and_no_color() -> None:
    """Piped output has no escape sequences, and NO_COLOR keeps colors away where they are forced on."""
    for environment in ({}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}):
        process = start("plan", "shop.yaml", *SHOP, "price of a chair", **environment)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
        assert b"\x1b[3" not in out + err


def test_every_command_has_help_with_an_example() -> None:
    """`--help` of each command shows how to call it, by an example that names the command."""
    for name in ("run", "plan", "check", "draw", "eval", "schema", "doctor"):
        ended = octograph(name, "--help")
        assert ended.code == 0
        assert f"octograph {name}" in ended.out.split("Example:")[1]


def test_graph_names_are_completed(tmp_path: Path) -> None:
    """The shell offers library graphs, YAML files and folders."""
    from octograph.cli.options import graph_names

    assert "desk" in graph_names("de")
    assert f"{EXAMPLES}/shop.yaml" in graph_names(f"{EXAMPLES}/sh")
    (tmp_path / "sub").mkdir()
    assert graph_names(f"{tmp_path}/s") == [f"{tmp_path}/sub/"]
    assert graph_names(f"{tmp_path}/nowhere/") == []
    completing = start("", _OCTOGRAPH_COMPLETE="complete_bash", COMP_WORDS="octograph run de", COMP_CWORD="2")
    assert b"desk" in completing.communicate(timeout=60)[0].split()


def test_a_budget_spent_before_anything_was_done_is_a_failure() -> None:
    """Time that runs out with nothing answered ends with 1, and the answer says so."""
    ended = octograph("run", "shop.yaml", *SHOP, "--seconds", "0.0001", TWO_PARTS)
    assert ended.code == 1
    assert "ran out of time" in ended.out
