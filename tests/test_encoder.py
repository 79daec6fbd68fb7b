"""The sentence encoder that ships with the package, and the cache in front of it."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from octograph.graphs.errors import InputError
from octograph.planners.octopus.encoder import REMEMBERED, SHIPPED, Encoder, Vectors
from octograph.planners.octopus.vector_cache import VectorCache, find_cache_folder
from octograph.planners.octopus.weights_folder import WeightsFolder

TEXTS = (
    "What is the capital of Peru?",
    "12 km to miles",
    "From sales.csv give me total revenue by region, then draw it as a bar chart.",
    "hi",
)

FULL_MODEL_COSINES = (
    (1.000, 0.110, 0.152, 0.125),
    (0.110, 1.000, 0.060, 0.055),
    (0.152, 0.060, 1.000, 0.039),
    (0.125, 0.055, 0.039, 1.000),
)
"""Cosines between TEXTS as the fp32 model gives them."""


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    """The shipped encoder, loaded once for all tests that only read it."""
    return Encoder()


class CountingEncoder:
    """The shipped encoder, with a record of what it was asked."""

    def __init__(self, encoder: Encoder, fingerprint: str = "") -> None:
        self._encoder = encoder
        self.fingerprint = fingerprint or encoder.fingerprint
        self.width = encoder.width
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors from the real encoder."""
        self.asked.extend(texts)
        return self._encoder.encode(texts)


# The encoder --------------------------------------------------------------------------------------------------


def test_vectors_have_length_one(encoder: Encoder) -> None:
    """Every text gives a finite float32 vector of length 1 and of the stated width."""
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.width)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_same_text_same_vector() -> None:
    """Two encoders agree on a text to the last bit, and case does not matter to them."""
    once, again = Encoder().encode(TEXTS[:1]), Encoder().encode(TEXTS[:1])
    assert np.array_equal(once, again)
    assert np.array_equal(once, Encoder().encode([TEXTS[0].upper()]))


def test_a_vector_does_not_depend_on_its_batch() -> None:
    """A text alone, among texts of its own length and among longer ones has one vector."""
    alone = np.concatenate([Encoder().encode([text]) for text in TEXTS])
    together = Encoder().encode([*TEXTS, "18 km to miles", "90 kg in pounds", "a " * 200])
    np.testing.assert_allclose(together[: len(TEXTS)], alone, atol=1e-3)
    assert ((together[: len(TEXTS)] * alone).sum(axis=1) > 0.9999).all()


def test_order_and_repetition_are_kept(encoder: Encoder) -> None:
    """Row i is the vector of text i, whatever order they are computed in."""
    vectors = encoder.encode([TEXTS[2], TEXTS[3], TEXTS[2]])
    assert np.array_equal(vectors[0], vectors[2])
    assert np.array_equal(vectors[1], encoder.encode([TEXTS[3]])[0])


@pytest.mark.parametrize(
    ("text", "paraphrase", "unrelated"),
    [
        ("How far is Paris from Rome?", "distance between Rome and Paris", "Is the review positive?"),
        ("convert 5 miles to kilometers", "how many km are five miles", "draw a bar chart of the sales"),
        ("Is 25 December a public holiday?", "do people have Christmas day off work", "solve x^2 = 4 for x"),
    ],
)
def test_paraphrases_are_closer_than_unrelated_texts(
    encoder: Encoder, text: str, paraphrase: str, unrelated: str
) -> None:
    """Meaning decides the distance."""
    near, far = encoder.encode([paraphrase, unrelated]) @ encoder.encode([text])[0]
    assert near > far + 0.3


def test_similarities_are_those_of_the_full_model(encoder: Encoder) -> None:
    """Cosines are within 0.02 of what the fp32 model gives, on whatever CPU this runs."""
    vectors = encoder.encode(TEXTS)
    expected = np.array(FULL_MODEL_COSINES)
    np.testing.assert_allclose(vectors @ vectors.T, expected, atol=0.02)


@pytest.mark.parametrize(
    "text", ["", " \n\t", "?", "🎉🎂", "\ud800", "\0", "x" * 100_000, "word " * 100_000, "東京" * 300]
)
def test_odd_texts_are_taken(encoder: Encoder, text: str) -> None:
    """Empty, endless and undecodable texts have a vector like any other."""
    (vector,) = encoder.encode([text])
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-5


def test_only_the_start_of_a_long_text_counts(encoder: Encoder) -> None:
    """What comes after the last token that is read changes nothing."""
    start = "the revenue of the third quarter " * 40
    same, longer = encoder.encode([start, start + "and a banana"])
    assert np.array_equal(same, longer)


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    """An empty list has the shape of a list of vectors."""
    assert encoder.encode([]).shape == (0, encoder.width)


def test_one_text_instead_of_a_list_is_refused(encoder: Encoder) -> None:
    """A bare text would be read letter by letter."""
    with pytest.raises(TypeError, match=r"encode\(\[text\]\)"):
        encoder.encode("hello")


def test_callers_may_change_what_they_got(encoder: Encoder) -> None:
    """A returned array is the caller's own."""
    before = encoder.encode(["mine"])
    changed = encoder.encode(["mine"])
    changed[:] = 0
    assert np.array_equal(encoder.encode(["mine"]), before)


def test_memory_is_bounded(encoder: Encoder) -> None:
    """After very many texts the oldest are forgotten, and still answered."""
    first = encoder.encode(["0"])
    for start in range(0, REMEMBERED + 100, 1000):
        encoder._remember({str(number): first[0] for number in range(start, start + 1000)})
    assert len(encoder._vectors) == REMEMBERED
    assert np.array_equal(encoder.encode(["0"]), first)


def test_threads_share_an_encoder() -> None:
    """Many threads that start with an unloaded encoder all get the right vectors."""
    texts = [f"convert {number} miles to kilometers" for number in range(40)]
    expected = np.concatenate([Encoder().encode(texts)])
    shared = Encoder()
    with ThreadPoolExecutor(8) as pool:
        vectors = list(pool.map(lambda text: shared.encode([text])[0], texts * 2))
    np.testing.assert_allclose(vectors, np.concatenate([expected, expected]), atol=1e-3)


# Weights ------------------------------------------------------------------------------------------------------


def test_shipped_weights_are_whole() -> None:
    """The files are the exported ones, and small enough to ship."""
    assert WeightsFolder(SHIPPED).damaged() == []
    assert (SHIPPED / "encoder.onnx").stat().st_size <= 30_000_000


def copy_weights(folder: Path) -> Path:
    """The shipped weights, to be spoiled."""
    for name in ("encoder.onnx", "tokenizer.json", "manifest.json"):
        shutil.copyfile(SHIPPED / name, folder / name)
    return folder


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json", "manifest.json"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    """The message names the file and what to do."""
    (copy_weights(tmp_path) / name).unlink()
    with pytest.raises(InputError, match=rf"{name}.*install the package again"):
        Encoder(tmp_path).encode(["hi"])


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json", "manifest.json"])
def test_a_cut_file_is_named(tmp_path: Path, name: str) -> None:
    """A file that was not copied to its end is found out before it is loaded."""
    path = copy_weights(tmp_path) / name
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match=rf"{name}.*install the package again"):
        Encoder(tmp_path).encode(["hi"])


@pytest.mark.parametrize("name", ["encoder.onnx", "tokenizer.json"])
def test_a_damaged_file_is_named(tmp_path: Path, name: str) -> None:
    """A file of the right size with the wrong content fails with a message about its checksum."""
    path = copy_weights(tmp_path) / name
    path.write_bytes(b"\xff" * path.stat().st_size)
    with pytest.raises(InputError, match=rf"{name}.*checksum"):
        Encoder(tmp_path).encode(["hi"])


def test_other_weights_have_another_fingerprint(tmp_path: Path) -> None:
    """The fingerprint tells weights apart without loading them."""
    manifest = copy_weights(tmp_path) / "manifest.json"
    assert Encoder(tmp_path).fingerprint == Encoder().fingerprint
    manifest.write_text(manifest.read_text().replace('"tokens": 128', '"tokens": 64'))
    assert Encoder(tmp_path).fingerprint != Encoder().fingerprint


# The cache ----------------------------------------------------------------------------------------------------


def test_a_hit_does_not_ask_the_encoder(tmp_path: Path, encoder: Encoder) -> None:
    """A second cache on the same folder finds what the first one wrote, to the last bit."""
    counting = CountingEncoder(encoder)
    first = VectorCache(tmp_path).embed_cached(counting, TEXTS)
    assert counting.asked == list(TEXTS)
    second = VectorCache(tmp_path).embed_cached(counting, TEXTS)
    assert counting.asked == list(TEXTS)
    assert np.array_equal(first, second)


def test_only_new_texts_are_embedded(tmp_path: Path, encoder: Encoder) -> None:
    """One changed description costs one embedding; order and repetition are kept."""
    counting, cache = CountingEncoder(encoder), VectorCache(tmp_path)
    cache.embed_cached(counting, TEXTS[:2])
    vectors = cache.embed_cached(counting, [TEXTS[3], TEXTS[0], TEXTS[3]])
    assert counting.asked == [*TEXTS[:2], TEXTS[3]]
    assert np.array_equal(vectors, encoder.encode([TEXTS[3], TEXTS[0], TEXTS[3]]))


def test_other_weights_have_their_own_vectors(tmp_path: Path, encoder: Encoder) -> None:
    """A text embedded with other weights is not a hit."""
    counting = CountingEncoder(encoder, "other weights")
    VectorCache(tmp_path).embed_cached(encoder, TEXTS)
    VectorCache(tmp_path).embed_cached(counting, TEXTS)
    assert counting.asked == list(TEXTS)


def test_no_texts_are_cached_as_nothing(tmp_path: Path, encoder: Encoder) -> None:
    """An empty list has the shape of a list of vectors."""
    assert VectorCache(tmp_path).embed_cached(encoder, []).shape == (0, encoder.width)


def spoil_header(file: Path) -> None:
    """No longer a database at all."""
    file.write_bytes(b"not a database, " * 1000)


def spoil_pages(file: Path) -> None:
    """A database by its header, noise behind it."""
    content = file.read_bytes()
    file.write_bytes(content[:100] + b"\xa5" * (len(content) - 100))


def cut_short(file: Path) -> None:
    """The second half is gone."""
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def change_columns(file: Path) -> None:
    """Another program's table."""
    file.unlink()
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE vectors (something TEXT)")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("spoil", [spoil_header, spoil_pages, cut_short, change_columns])
def test_a_damaged_cache_is_made_anew(
    tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture, spoil: object
) -> None:
    """The vectors are right, the damage is logged once, and the next process has hits again."""
    texts = [f"description number {number}" for number in range(60)]
    VectorCache(tmp_path).embed_cached(encoder, texts)
    assert callable(spoil)
    spoil(tmp_path / "vectors.sqlite")
    cache = VectorCache(tmp_path)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert np.array_equal(cache.embed_cached(encoder, texts), encoder.encode(texts))
    assert len(caplog.records) == 1
    assert "made anew" in caplog.text
    counting = CountingEncoder(encoder)
    VectorCache(tmp_path).embed_cached(counting, texts)
    assert counting.asked == []


def test_an_empty_file_is_filled(tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture) -> None:
    """A file another process has only just made is no damage."""
    (tmp_path / "vectors.sqlite").touch()
    VectorCache(tmp_path).embed_cached(encoder, TEXTS)
    counting = CountingEncoder(encoder)
    VectorCache(tmp_path).embed_cached(counting, TEXTS)
    assert counting.asked == []
    assert not caplog.records


@pytest.mark.parametrize("blob", [b"short", b"\0" * 1536, b"\xff" * 1536, "text"])
def test_a_spoiled_vector_is_embedded_again(tmp_path: Path, encoder: Encoder, blob: object) -> None:
    """A row that is no vector of length 1 counts as missing, and is replaced."""
    VectorCache(tmp_path).embed_cached(encoder, TEXTS)
    connection = sqlite3.connect(tmp_path / "vectors.sqlite")
    connection.execute("UPDATE vectors SET vector = ?", (blob,))
    connection.commit()
    connection.close()
    assert np.array_equal(VectorCache(tmp_path).embed_cached(encoder, TEXTS), encoder.encode(TEXTS))
    counting = CountingEncoder(encoder)
    VectorCache(tmp_path).embed_cached(counting, TEXTS)
    assert counting.asked == []


def test_the_file_is_bounded(tmp_path: Path, encoder: Encoder) -> None:
    """Beyond the limit the oldest vectors make room."""
    cache = VectorCache(tmp_path, kept=3)
    for text in TEXTS:
        cache.embed_cached(encoder, [text])
    counting = CountingEncoder(encoder)
    VectorCache(tmp_path).embed_cached(counting, TEXTS)
    assert counting.asked == [TEXTS[0]]


def test_a_folder_that_can_not_be_made_is_tolerated(
    tmp_path: Path, encoder: Encoder, caplog: pytest.LogCaptureFixture
) -> None:
    """Where nothing can be written the encoder answers, and it is said once."""
    (tmp_path / "file").touch()
    cache = VectorCache(tmp_path / "file" / "cache")
    for _ in range(2):
        assert np.array_equal(cache.embed_cached(encoder, TEXTS), encoder.encode(TEXTS))
    assert len(caplog.records) == 1


def test_a_locked_cache_is_tolerated(tmp_path: Path, encoder: Encoder) -> None:
    """A writer that never ends delays the others a moment, and stops no one."""
    VectorCache(tmp_path).embed_cached(encoder, TEXTS[:1])
    writer = sqlite3.connect(tmp_path / "vectors.sqlite", isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    try:
        assert np.array_equal(VectorCache(tmp_path).embed_cached(encoder, TEXTS), encoder.encode(TEXTS))
    finally:
        writer.close()


def test_the_variable_moves_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> None:
    """OCTOGRAPH_CACHE names the folder; without it there is one under the user's caches."""
    monkeypatch.setenv("OCTOGRAPH_CACHE", str(tmp_path / "elsewhere"))
    VectorCache().embed_cached(encoder, TEXTS)
    assert (tmp_path / "elsewhere" / "vectors.sqlite").is_file()
    monkeypatch.delenv("OCTOGRAPH_CACHE")
    default = find_cache_folder()
    assert default is not None
    assert "octograph" in str(default)


def test_a_missing_home_is_tolerated(monkeypatch: pytest.MonkeyPatch, encoder: Encoder) -> None:
    """A folder that names an unknown user's home means no cache on disk."""
    monkeypatch.setenv("OCTOGRAPH_CACHE", "~nobody-by-this-name/cache")
    assert np.array_equal(VectorCache().embed_cached(encoder, TEXTS), encoder.encode(TEXTS))


def test_processes_share_a_cache(tmp_path: Path, encoder: Encoder) -> None:
    """Four processes that write at once lose nothing and break nothing."""
    program = (
        "import sys\n"
        "from octograph.planners.octopus.encoder import Encoder\n"
        "from octograph.planners.octopus.vector_cache import VectorCache\n"
        "cache, encoder = VectorCache(), Encoder()\n"
        "for number in range(30):\n"
        "    cache.embed_cached(encoder, [f'text {number}', f'text {number} of {sys.argv[1]}'])\n"
    )
    environment = {**os.environ, "OCTOGRAPH_CACHE": str(tmp_path)}
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(writer)], env=environment, stderr=subprocess.PIPE)
        for writer in range(4)
    ]
    assert [writer.communicate()[1].decode() for writer in writers] == [""] * 4
    counting = CountingEncoder(encoder)
    texts = [f"text {number} of {writer}" for number in range(30) for writer in range(4)]
    vectors = VectorCache(tmp_path).embed_cached(counting, texts)
    assert counting.asked == []
    np.testing.assert_allclose(vectors, encoder.encode(texts), atol=1e-3)
