"""A scan that is stopped, goes on, and takes over what it knows."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from tiny import chain, exhibit, network

from generator.allocation import LARGE_PAGES
from generator.images.folder import open_folder
from generator.processes import Group
from generator.scan import shards
from generator.scan.activations import Activations, activations
from generator.scan.strongest import scan
from generator.stages import scan as stage
from generator.stages.build import Build
from generator.stages.read import read_skipped, read_top

LAYERS = ["conv1", "relu2", "relu3"]


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shards of a few images each."""
    monkeypatch.setattr(shards.Shards.__init__, "__defaults__", (5,))


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    folder = tmp_path / "photographs"
    for number in range(22):
        photograph(folder / f"class {number % 3}" / f"{number:02}.png", number)
    (folder / "class 1" / "broken.jpg").write_bytes(b"not an image")
    return folder


def photograph(path: Path, seed: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


def build(photographs: Path, k: int = 4) -> Build:
    net = network(chain("overlapping"), LAYERS)
    return Build(exhibit(k=k), net, open_folder(photographs), workers=0)


def scanned(photographs: Path, store: Path, name: str, k: int = 4) -> Path:
    """One scan from beginning to end, as an entry of a store."""
    folder = store / f"scan-{name}"
    folder.mkdir(parents=True)
    made = build(photographs, k)
    stage.work(folder, made, Group())
    stage.make(folder, made)
    for shard in store.glob("shards-*"):
        shutil.rmtree(shard)  # as the store does once it is finished
    return folder


def content(folder: Path) -> dict[str, str]:
    """What the files of an entry hold, byte for byte."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def looked_at(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The images that a scan runs through the network from now on."""
    seen: list[int] = []
    real = activations

    def watched(net: Any, images: Any, indices: Sequence[int], *more: Any) -> Any:
        seen.extend(map(int, indices))
        return real(net, images, indices, *more)

    monkeypatch.setattr(shards, "activations", watched)
    return seen


def test_the_shards_hold_what_a_plain_scan_finds(photographs: Path, tmp_path: Path) -> None:
    folder = scanned(photographs, tmp_path / "store", "a")
    made = build(photographs)
    plain = scan(made.network, made.collection, 4, batch_size=1, workers=0)
    for record, expected in zip(read_top(folder), plain, strict=True):
        np.testing.assert_array_equal(record.images, expected.images)
        np.testing.assert_array_equal(record.positions, expected.positions)
        np.testing.assert_allclose(record.values, expected.values, rtol=1e-6)
    values = np.load(folder / "maxima.npy")
    assert values.shape == (23, 15)
    unread = np.flatnonzero(np.isnan(values[:, 0])).tolist()
    names = [made.collection.items[index].name for index in unread]
    assert names == ["class 1/broken.jpg"] == [image.name for image in read_skipped(folder)]


class Stopped(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_scan_that_was_stopped_goes_on_to_the_same_end(
    photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    whole = content(scanned(photographs, tmp_path / "whole", "a"))
    store = tmp_path / "store"
    real = shards.Shards._write
    written: list[int] = []

    def dies(self: shards.Shards, number: int, *more: Any) -> None:
        if len(written) == after:
            (self.folder / f"{number:06}-1.part").write_bytes(b"half a shard")
            raise Stopped
        written.append(number)
        real(self, number, *more)

    monkeypatch.setattr(shards.Shards, "_write", dies)
    with pytest.raises(Stopped):
        stage.work(store / "scan-part", build(photographs), Group())
    monkeypatch.setattr(shards.Shards, "_write", real)
    seen = looked_at(monkeypatch)
    assert content(scanned(photographs, store, "a")) == whole
    assert seen == list(range(after * 5, 23))


def test_only_images_that_were_added_are_looked_at(
    photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    scanned(photographs, store, "a")
    photograph(photographs / "class 0" / "new.png", 77)
    photograph(photographs / "class 3" / "31.png", 78)
    seen = looked_at(monkeypatch)
    added = content(scanned(photographs, store, "b"))
    names = [open_folder(photographs).items[index].name for index in seen]
    assert names == ["class 0/new.png", "class 1/broken.jpg", "class 3/31.png"]
    assert added == content(scanned(photographs, tmp_path / "other", "b"))


def test_removed_and_changed_images_are_noticed(
    photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    scanned(photographs, store, "a")
    (photographs / "class 0" / "00.png").unlink()
    photograph(photographs / "class 2" / "02.png", 99)
    (photographs / "class 0" / "03.png").rename(photographs / "class 2" / "03.png")
    seen = looked_at(monkeypatch)
    changed = content(scanned(photographs, store, "b"))
    names = [open_folder(photographs).items[index].name for index in seen]
    assert names == ["class 1/broken.jpg", "class 2/02.png"]
    assert changed == content(scanned(photographs, tmp_path / "other", "b"))


def test_another_k_needs_no_second_look(
    photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(photographs, tmp_path / "store", "a")
    seen = looked_at(monkeypatch)
    again = content(scanned(photographs, tmp_path / "store", "b", k=7))
    assert len(seen) == 1, "the image that could not be read"
    assert again == content(scanned(photographs, tmp_path / "other", "b", k=7))


def test_another_network_takes_nothing_over(
    photographs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(photographs, tmp_path / "store", "a")
    made = build(photographs)
    monkeypatch.setattr(stage, "source_key", lambda _: "of another network")
    seen = looked_at(monkeypatch)
    stage.work(tmp_path / "store" / "scan-b", made, Group())
    assert len(seen) == 23


def test_answers_are_cut_where_a_shard_ends() -> None:
    def part(indices: list[int], reasons: dict[int, str]) -> Activations:
        column = np.array(indices, dtype=np.float32)[:, None]
        return Activations(indices, column, column.astype(np.int64), reasons)

    looked = shards.Looked(iter([part([3, 4, 5, 6, 7], {6: "torn"}), part([8, 9], {})]))
    taken = [list(looked.take(count)) for count in (2, 0, 4, 1)]
    indices = [[part.indices for part in parts] for parts in taken]
    assert indices == [[[3, 4]], [], [[5, 6, 7], [8]], [[9]]]
    assert [part.reasons for parts in taken for part in parts] == [{}, {6: "torn"}, {}, {}]
    assert [part.values[:, 0].tolist() for parts in taken for part in parts][1] == [5, 6, 7]


@pytest.mark.parametrize(("images", "size"), [(1, 1), (2, 2), (22, 32), (64, 64), (7552, 64)])
def test_the_batch_suits_the_collection(images: int, size: int) -> None:
    assert shards.suitable_batch(images) == size


KILLED = """
import sys, time
sys.path.insert(0, sys.argv[1])
from generator.scan import shards
from generator.allocation import LARGE_PAGES
shards.Shards.__init__.__defaults__ = (5,)
real = shards.Shards._write
def slow(self, *more):
    real(self, *more)
    print("written", flush=True)
    time.sleep(0.2)
shards.Shards._write = slow
from generator.__main__ import main
sys.exit(main(["figures", "--model", "zfnet64", "--weights", "none", "--k", "2",
               "--images", sys.argv[2], "--layers", "conv1,conv2", "--out", sys.argv[3]]))
"""


def test_a_killed_run_leaves_whole_shards_and_no_entry(photographs: Path, tmp_path: Path) -> None:
    store, here = tmp_path / "store", Path(__file__).parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(here), str(photographs), str(store)],
        stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    for _ in range(2):
        assert process.stdout.readline() == b"written\n"
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    process.stdout.close()
    assert not list(store.glob("scan-*"))
    assert not (store / "manifest.json").exists()
    assert 2 <= len(list(store.glob("shards-*/*.npz"))) < 5
    for path in store.glob("shards-*/*.npz"):
        with np.load(path) as arrays:
            assert len(arrays["values"]) == 5


def test_large_maps_are_asked_for_in_large_pages() -> None:
    """As Linux tells it of the memory of a map; unless the environment says that they shall not."""
    smaps = Path("/proc/self/smaps")
    if not smaps.exists() or "VmFlags" not in smaps.read_text():
        pytest.skip("this system does not tell how memory was asked for")
    look = """
import sys
sys.path.insert(0, sys.argv[1])
import generator.__main__
import torch
from generator.allocation import use_large_pages
use_large_pages()
maps = torch.ones(16_000_000)
here = False
for line in open("/proc/self/smaps"):
    first = line.split()[0]
    if "-" in first and not first.endswith(":"):
        start, end = (int(part, 16) for part in first.split("-"))
        here = start <= maps.data_ptr() + maps.nbytes // 2 < end
    elif here and first == "VmFlags:":
        print("hg" in line.split())
"""

    def asked(**settings: str) -> str:
        here = str(Path(__file__).parents[2])
        plain = {name: os.environ[name] for name in os.environ if name != LARGE_PAGES}
        done = subprocess.run(
            [sys.executable, "-c", look, here],
            env={**plain, **settings},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    assert asked() == "True"
    assert asked(**{LARGE_PAGES: "0"}) == "False"


def test_a_benchmark_waits_for_few_pages() -> None:
    """The maps of one pass lie where those of the pass before lay."""
    look = """
import resource, sys
sys.path.insert(0, sys.argv[1])
import torch
from torch import nn
from generator.allocation import keep_memory
if sys.argv[2] == "kept" and not keep_memory():
    sys.exit("skip")
def layer(channels):
    return nn.Sequential(nn.Conv2d(channels, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
network = nn.Sequential(layer(3), layer(64))
pixels = torch.rand(16, 3, 96, 96)
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
with torch.inference_mode():
    for _ in range(5):
        network(pixels)
    before = faults()
    for _ in range(10):
        network(pixels)
print(faults() - before)
"""

    def faults(mode: str) -> int:
        here = str(Path(__file__).parents[2])
        done = subprocess.run(
            [sys.executable, "-c", look, here, mode], capture_output=True, text=True, check=False
        )
        if done.stderr.strip() == "skip":
            pytest.skip("another C library than glibc")
        return int(done.stdout)

    assert faults("kept") < faults("plain") / 4


def test_large_pieces_of_memory_go_back_at_once() -> None:
    """A map of 16 MB, freed below something that stays, is no longer in use."""
    look = """
import sys
sys.path.insert(0, sys.argv[1])
import numpy as np
from generator.allocation import return_large_pieces
if not return_large_pieces():
    sys.exit("skip")
def used():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
kept = []
def pass_by():
    maps = [np.ones(4_000_000, np.float32) for _ in range(8)]
    kept.append(np.ones(40_000, np.float32))
    del maps
for _ in range(4):
    pass_by()
before = used()
for _ in range(30):
    pass_by()
print(used() - before)
"""
    here = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", look, here], capture_output=True, text=True, check=False
    )
    if done.stderr.strip() == "skip":
        pytest.skip("another C library than glibc")
    assert int(done.stdout) < 12_000_000, "30 kept pieces of 160 kB, and no maps"
