"""What the embedded engine must survive: crashes, other processes, a damaged or missing folder."""

import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bulletin.projections import Position
from search.engines import tantivy
from search.engines.protocol import EngineUnavailable
from search.engines.tantivy import TantivyEngine
from search.query_language import parse
from tests.search.conftest import document, fill, position

pytestmark = pytest.mark.once

PUBLIC = frozenset({"public"})


def another_process(folder: Path, work: Callable[[TantivyEngine], None]) -> multiprocessing.Process:
    """Another process that does `work` with an engine of its own over `folder`."""
    process = multiprocessing.get_context("fork").Process(target=lambda: work(TantivyEngine(folder)))
    process.start()
    return process


def die(*_arguments, **_options) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def items_of(engine) -> list[int]:
    return sorted(hit.item for hit in engine.search(None, keys=PUBLIC, limit=1_000).hits)


@pytest.fixture
def engine(own_folder) -> TantivyEngine:
    return TantivyEngine(own_folder / "search")


@pytest.mark.parametrize(
    "step",
    [
        (tantivy, "still_to_write"),
        (tantivy, "_prepared"),
        (TantivyEngine, "_writer"),
        (TantivyEngine, "_put_position"),
    ],
    ids=lambda step: step[1],
)
def test_writer_killed_at_a_step_leaves_the_last_commit_whole(engine, own_folder, monkeypatch, step):
    fill(engine, document(1), document(2))
    with monkeypatch.context() as patched:
        patched.setattr(*step, die)
        killed = another_process(
            own_folder / "search",
            lambda its: its.write(
                [document(1, "Değişti", sequence=3), document(4)],
                position(4),
                after=2,
            ),
        )
    killed.join(60)
    assert killed.exitcode == -signal.SIGKILL
    assert engine.position() == position(2)
    assert items_of(engine) == [1, 2]
    fill(engine, document(3))
    assert items_of(engine) == [1, 2, 3]


def _write_one_by_one(engine: TantivyEngine) -> None:
    while True:
        at = engine.position().sequence
        engine.write([document(at + 1)], position(at + 1), after=at)


def test_killed_anywhere_the_position_agrees_with_the_documents(engine, own_folder):
    """Killed again and again in the middle of its work, as a power cut would."""
    at = 0
    for more in (3, 1, 8, 2, 12):
        writer = another_process(own_folder / "search", _write_one_by_one)
        deadline = time.monotonic() + 60
        while engine.position().sequence < at + more and time.monotonic() < deadline:
            pass
        writer.kill()
        writer.join()
        at = engine.position().sequence
        assert items_of(engine) == list(range(1, at + 1))
    assert at >= 26


def test_commit_of_another_process_is_seen_at_once(engine, own_folder):
    fill(engine, document(1, "Enerji"))
    assert items_of(engine) == [1]
    another_process(own_folder / "search", lambda its: fill(its, document(2, "Petrol"))).join(60)
    assert items_of(engine) == [1, 2]
    assert engine.search(parse("petrol").node, keys=PUBLIC).total == 1


def _write_ten(engine: TantivyEngine) -> None:
    for _ in range(10):
        at = engine.position().sequence
        engine.write([document(at + 1)], position(at + 1), after=at)


def test_writers_of_several_processes_wait_for_each_other(engine, own_folder):
    fill(engine, document(1))
    others = [another_process(own_folder / "search", _write_ten) for _ in range(3)]
    for other in others:
        other.join(120)
    assert [other.exitcode for other in others] == [0, 0, 0]
    at = engine.position().sequence
    assert at >= 11
    assert items_of(engine) == list(range(1, at + 1))


def test_missing_folder_counts_as_empty_and_is_written_anew(engine):
    fill(engine, document(1))
    shutil.rmtree(engine.folder)
    assert engine.position() == Position()
    assert engine.search(None, keys=PUBLIC).total == 0
    fill(engine, document(1), document(2))
    assert items_of(engine) == [1, 2]


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _spoil_the_meta_file(folder: Path) -> None:
    _cut(folder / "meta.json")


def _remove_a_segment(folder: Path) -> None:
    next(folder.glob("*.term")).unlink()


def _cut_a_segment(folder: Path) -> None:
    _cut(next(folder.glob("*.idx")))


def _empty_a_segment(folder: Path) -> None:
    next(folder.glob("*.store")).write_bytes(b"")


@pytest.mark.parametrize(
    "damage", [_spoil_the_meta_file, _remove_a_segment, _cut_a_segment, _empty_a_segment]
)
def test_damaged_index_counts_as_empty_says_so_and_is_written_anew(engine, own_folder, caplog, damage):
    fill(engine, document(1), document(2))
    damage(engine.folder)
    restarted = TantivyEngine(own_folder / "search")
    assert restarted.position() == Position()
    assert "search_index_damaged" in caplog.text
    fill(restarted, document(1), document(2), document(3))
    assert items_of(restarted) == [1, 2, 3]
    assert items_of(engine) == [1, 2, 3]


def test_index_of_another_version_is_not_read_and_is_removed(engine, own_folder):
    fill(engine, document(1))
    old = engine.folder.with_name("tantivy-0.1")
    engine.folder.rename(old)
    restarted = TantivyEngine(own_folder / "search")
    assert restarted.position() == Position()
    fill(restarted, document(2))
    assert not old.exists()


def test_folder_without_permission_is_a_sentence(own_folder):
    (own_folder / "search").write_text("not a folder")
    with pytest.raises(EngineUnavailable):
        fill(TantivyEngine(own_folder / "search"), document(1))


def test_many_small_commits_leave_few_segments(engine):
    for number in range(1, 100):
        fill(engine, document(number, f"Haber {number}"))
    assert engine._searcher().num_segments < 5
    assert items_of(engine) == list(range(1, 100))


def test_fresh_document_can_be_changed_withdrawn_and_left_behind(engine):
    fill(engine, *(document(number, f"Eski {number}") for number in range(1, 31)))
    fill(engine, document(40, "Işıklar"), document(41, "Deniz"), document(42, "Petrol"))
    fill(
        engine,
        document(40, "Fenerler", sequence=43),
        document(41, sequence=44, offered=False, keys=frozenset()),
    )
    fill(engine, document(3, "Yeniden yazıldı", sequence=45))

    def found(typed: str) -> list[int]:
        return [hit.item for hit in engine.search(parse(typed).node, keys=PUBLIC).hits]

    assert (found("ışıklar"), found("fener"), found("deniz"), found("petrol")) == ([], [40], [], [42])
    assert found("yazıldı") == [3]
    fill(engine, *(document(number, f"Yeni {number}") for number in range(50, 90)))
    assert (found("fener"), found("deniz"), found("petrol")) == ([40], [], [42])
    assert len(list(engine.dump())) == engine.search(None, keys=PUBLIC).total == 72


def test_long_documents_are_not_kept_fresh(engine):
    for number in range(1, 6):
        fill(engine, document(number, "Uzun", f"kelime{number} " * 30_000))
    assert items_of(engine) == [1, 2, 3, 4, 5]
    assert sum(len(str(held)) for held in engine._fresh()) < 3_000_000
