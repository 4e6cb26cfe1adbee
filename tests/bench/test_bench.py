"""The benchmark's rows on tiny sizes; nothing is timed here, only run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tiny import fixed, network
from torch import nn

from generator.__main__ import main
from generator.bench import gpu, memory, peers, projecting, rows, run, scanning, site
from generator.bench.rows import Row, Sizes
from generator.images import batches
from generator.images.batches import Batch
from generator.networks.network import Network
from generator.records import TopActivations
from generator.scan.activations import look
from generator.scan.strongest import strongest_images

ROOT = Path(__file__).parents[2]
TINY = Sizes(pairs=5, batches=1, files=6, units=2, single=2, counts=(4, 8), side=64, gpu_images=8)


def small(*_: object) -> Network:
    """A network of AlexNet's kind with a few units."""
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    parts["conv1"] = nn.Conv2d(3, 4, 5, stride=2, padding=2)
    parts["relu1"] = nn.ReLU()
    parts["pool1"] = nn.MaxPool2d(3, 2)
    parts["conv2"] = nn.Conv2d(4, 6, 3, padding=1)
    parts["relu2"] = nn.ReLU()
    module = nn.Sequential(parts)
    fixed(module)
    return network(module, ["relu1", "relu2"], size=32, name="small")


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (scanning, projecting, peers, gpu):
        monkeypatch.setattr(module, "load", small)


def names(made: object) -> list[str]:
    rows = list(made)  # type: ignore[call-overload]
    for row in rows:
        assert isinstance(row, Row)
        if row.measured is None:
            assert row.reason
        else:
            assert 0 < row.measured["low"] <= row.measured["median"] <= row.measured["high"]
    return [row.name for row in rows]


def test_the_rows_of_the_scan() -> None:
    assert names(scanning.rows(TINY, ("alexnet",))) == ["scan-alexnet"]
    rows = list(scanning.end_to_end(TINY))
    assert names(rows) == ["end-to-end", "end-to-end-worker"]
    assert [row.details["workers"] for row in rows] == [0, 1]


def test_the_rows_of_the_projection() -> None:
    assert names(projecting.rows(TINY)) == [
        *("projection-1", "projection-2", "projection-all", "projection-floor")
    ]


def test_the_rows_of_the_peers(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = ["captum-activation", "captum-deconvolution", "toolbox"]
    monkeypatch.setattr(peers, "find_spec", lambda _: None)
    assert names(peers.rows(TINY)) == expected


def test_captum_finds_what_the_scan_finds() -> None:
    pytest.importorskip("captum")
    assert len(names(peers.rows(TINY))) == 3
    net = small()
    made, images = scanning.in_memory(net, 1)
    top = strongest_images(net.layers, images, look(net, made, 64), 9)
    for (values, chosen), record in zip(peers.captum_scan(net, made), top, strict=True):
        fired = record.values > 0
        np.testing.assert_allclose(values.T.numpy()[fired], record.values[fired], rtol=1e-5)
        assert (chosen.T.numpy() == record.images)[fired].mean() > 0.95, "but for ties"


def test_the_toolbox_finds_what_the_scan_finds() -> None:
    net = small()
    made, images = scanning.in_memory(net, 1)
    top: tuple[TopActivations, ...] = strongest_images(
        net.layers, images, look(net, made, 64), peers.K
    )
    for values, record in zip(peers.toolbox_scan(net, made), top, strict=True):
        np.testing.assert_allclose(values.clip(min=0), record.values, rtol=1e-5)


def test_the_rows_of_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = list(memory.rows(TINY))
    assert names(rows) == ["memory-4", "memory-8", "memory"]
    assert rows[0].details["images"] == 4
    assert rows[1].details["images"] == 8


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up as on Linux")
def test_the_memory_of_a_process_that_another_started_is_seen() -> None:
    # In a process of its own: a child that has just been forked is as large as its parent, and
    # what runs the tests may be larger than this, or have a browser below it.
    large = "import time; held = b'x' * 600_000_000; time.sleep(1)"
    between = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {large!r}])"
    watching = (
        "import subprocess, sys\n"
        "from generator.bench import memory\n"
        "with memory.watched() as peaks:\n"
        f"    subprocess.run([sys.executable, '-c', {between!r}], check=True)\n"
        "print(*peaks)"
    )
    peak = subprocess.run(
        [sys.executable, "-c", watching], check=True, stdout=subprocess.PIPE, text=True
    )
    assert 600 < float(peak.stdout) < 700


def test_a_folder_of_so_many_images(tmp_path: Path) -> None:
    scanning.write_tiles(tmp_path, 5, 32)
    with memory.folder_of(3, tmp_path) as few:
        assert len(list(few.rglob("*.jpg"))) == 3
    with memory.folder_of(9, tmp_path) as all_:
        assert all_ == tmp_path


def test_the_rows_of_a_gpu() -> None:
    rows = list(gpu.rows(TINY))
    assert [row.name for row in rows] == [*gpu.WAYS, "gpu-share", "gpu-projections"]
    if not torch.cuda.is_available():
        assert {row.reason for row in rows} == {"this machine has no GPU"}
        assert all(row.measured is None and row.held is None for row in rows)


@pytest.mark.filterwarnings("ignore:The image decoding:DeprecationWarning")
def test_both_sides_of_a_gpus_share_decode_with_as_many_workers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counts: list[int | None] = []

    def made(*arguments: Any) -> Iterator[Batch]:
        collection, preprocess, indices, size, workers, *more = arguments
        counts.append(workers)
        return batches.batches(collection, preprocess, indices, size, 0, *more)

    monkeypatch.setattr(gpu, "suitable_workers", lambda images, feeds_gpu: 3)
    monkeypatch.setattr(gpu, "batches", made)
    monkeypatch.setattr("generator.scan.activations.batches", made)
    gpu.timed(TINY, "cpu")
    assert set(counts) == {3}
    assert len(counts) == TINY.pairs * (len(gpu.WAYS) + 1)


@pytest.mark.filterwarnings("ignore:The image decoding:DeprecationWarning")
def test_what_is_measured_on_a_gpu_runs_without_one() -> None:
    taken = gpu.timed(TINY, "cpu")
    assert {name: len(values) for name, values in taken.items()} == {
        **dict.fromkeys(gpu.WAYS, 5),
        "gpu-share": 5,
        "gpu-projections": 5,
    }


def test_bare_mkdocs_gets_the_pages_without_the_generator(tmp_path: Path) -> None:
    from fake_store import make_store  # noqa: PLC0415

    store = make_store(tmp_path / "store")
    site.copy_project(tmp_path / "project", ROOT)
    site.bare_project(tmp_path / "bare", tmp_path / "project", store)
    settings = (tmp_path / "bare" / "mkdocs.yml").read_text()
    assert "gen-files" not in settings
    assert "watch:" not in settings
    assert "{{" not in (tmp_path / "bare" / "docs" / "index.md").read_text()
    site.build_site(tmp_path / "bare", store, tmp_path / "site")
    assert (tmp_path / "site" / "layers" / "1" / "index.html").is_file()


def test_pairs_alternate_and_the_first_run_is_not_counted() -> None:
    calls: list[str] = []
    taken = rows.in_turn(3, lambda: calls.append("a"), lambda: calls.append("b"))
    assert "".join(calls) == "ab" + "ab" + "ba" + "ab"
    assert len(taken) == 3
    row = rows.ratio("r", "a / b", [(2.0, 1.0), (3.0, 1.0), (9.0, 3.0), (1.0, 2.0)], at_most=2.5)
    assert row.measured == {"median": 2.5, "low": 0.5, "high": 3.0}
    assert row.held is True
    assert rows.ratio("r", "", [(3.0, 1.0)], at_least=3.1).held is False
    assert row.details["pairs"] == 4


def test_the_json_has_its_fields(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        scanning,
        "rows",
        lambda _: iter(
            [
                Row(
                    "a",
                    "b",
                    {"median": 1.23456, "low": 1.0, "high": 2.0},
                    at_most=1.05,
                    details={"seconds": [0.123456]},
                )
            ]
        ),
    )
    assert main(["bench", "--json", "--only", "scan"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert set(record) == {"format", "date", "machine", "versions", "rows"}
    assert record["rows"] == [
        {
            "group": "scan",
            "name": "a",
            "title": "b",
            "unit": "times",
            "measured": {"median": 1.235, "low": 1.0, "high": 2.0},
            "reason": "",
            "at_most": 1.05,
            "at_least": None,
            "held": False,
            "details": {"seconds": [0.1235]},
        }
    ]
    assert {"cores", "threads", "gpu"} <= set(record["machine"])


def test_lines_say_what_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    held = Row("a", "one / two", {"median": 1.0, "low": 0.9, "high": 1.1}, at_most=1.05)
    assert run.row_line(held) == "one / two: 1 times (0.9 to 1.1, at most 1.05: held)"
    assert run.row_line(Row("a", "one", reason="no GPU")) == "one: not measured; no GPU"
    assert main(["bench", "--only", "scna"]) == 2
    assert "unknown group of rows 'scna'; did you mean 'scan'?" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["bench", "--pairs", "3"])
    assert "3 pairs tell no spread" in capsys.readouterr().err
