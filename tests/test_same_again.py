"""The same inputs give the same store and the same site, and nothing of the machine is in them."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from narrow import SCRIPT, make_photographs, narrow
from on_disk import manifest_of
from PIL import Image

from generator.__main__ import main
from generator.images import open_collection
from generator.networks.loading import load_network
from generator.networks.recording import record_maps
from generator.records.manifest import BuildRecord, StoredManifest
from generator.records.schema import from_values
from generator.store.folder import Store

ROOT = Path(__file__).parents[1]
USER, PLACE = "somebody-7f3a91", "private-51c20e"
BOUND = 1e-5  # of a unit's largest activation: what another number of images a batch may change


def tree(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def made(folder: Path, number: int) -> tuple[Path, Path]:
    """A store and its site, made in circumstances of their own."""
    home = folder / PLACE / f"home-{number}"
    home.mkdir(parents=True)
    photographs = make_photographs(home / "photographs", 6)
    weights = home / "net.pt"
    torch.save(right_weights(), weights)
    settings = {
        **os.environ,
        **dict.fromkeys(("USER", "LOGNAME", "USERNAME"), USER),
        "HOME": str(home),
        "SOURCE_DATE_EPOCH": "1000000000",
        "PYTHONHASHSEED": str(number),
        "TZ": ("UTC", "Asia/Tokyo")[number],
        "LC_ALL": ("C.UTF-8", "C")[number],
        "OMP_NUM_THREADS": str(1 + number),
    }
    store, site = home / "store", home / "site"
    words = f"figures --layers conv1,conv2 --k 2 --weights {weights} --images {photographs}"
    command = [sys.executable, str(SCRIPT), *words.split(), "--out", str(store)]
    ran = subprocess.run(
        command, cwd=home, env=settings, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(site)]
    built = subprocess.run(
        command,
        cwd=ROOT,
        env={**settings, "STORE": str(store)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return store, site


def right_weights() -> dict[str, Any]:
    with pytest.MonkeyPatch.context() as patch:
        narrow(patch.setattr, patch.setitem)
        return dict(load_network("zfnet64", "none").module.state_dict())


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Path]]:
    folder = tmp_path_factory.mktemp("twice")
    return [made(folder, number) for number in (0, 1)]


def test_two_builds_are_the_same_byte_for_byte(
    twice: list[tuple[Path, Path]], tell: Callable[[str], None]
) -> None:
    (store, site), (other_store, other_site) = twice
    assert tree(store) == tree(other_store)
    assert tree(site) == tree(other_site)
    tell(
        f"two builds, other home, hash seed, time zone, locale, number of threads: "
        f"{len(tree(store))} files of the store and {len(tree(site))} of the site the same"
    )


def test_nothing_of_the_machine_is_in_store_or_site(twice: list[tuple[Path, Path]]) -> None:
    words = [USER, PLACE, str(ROOT), sys.prefix, str(Path.home())]
    if len(socket.gethostname()) > 6:  # a shorter name may be a word of the lesson
        words.append(socket.gethostname())
    for path in (path for folder in twice[0] for path in folder.rglob("*")):
        content = path.read_bytes() if path.is_file() else b""
        for word in words:
            if len(word) > 6:
                assert word.encode() not in content, f"{path.name} holds {word}"


def test_batches_and_threads_change_a_millionth(tell: Callable[[str], None]) -> None:
    network, images = load_network("zfnet64"), open_collection("bundled")
    step = len(images) // 24
    inputs = torch.stack([network.preprocess(images[step * number]) for number in range(24)])
    threads = torch.get_num_threads()
    maxima: dict[tuple[int, int], list[tuple[torch.Tensor, torch.Tensor]]] = {}
    try:
        for count in (1, 2):
            torch.set_num_threads(count)
            for size in (1, 7, 24):
                parts = [record_maps(network, part) for part in torch.split(inputs, size)]
                layers = [
                    torch.cat(maps).flatten(2).max(dim=2) for maps in zip(*parts, strict=True)
                ]
                maxima[count, size] = [(layer.values, layer.indices) for layer in layers]
    finally:
        torch.set_num_threads(threads)
    apart = 0.0
    for others in maxima.values():
        for (values, _), (right, _) in zip(others, maxima[1, 1], strict=True):
            largest = right.abs().amax(dim=0).clamp(min=1e-6)
            apart = max(apart, float(((values - right).abs() / largest).max()))
    for size in (1, 7, 24):
        for first, second in zip(maxima[1, size], maxima[2, size], strict=True):
            assert torch.equal(first[0], second[0]), "threads share out units, not sums"
    assert apart < BOUND
    tell(f"1, 7 or 24 images a batch: activations at most {apart:.1e} of a unit's largest apart")


def test_check_makes_a_sample_again(
    twice: list[tuple[Path, Path]],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    tell: Callable[[str], None],
) -> None:
    narrow(monkeypatch.setattr, monkeypatch.setitem)
    store, home = twice[0][0], twice[0][0].parent
    assert main(["check", str(store)]) == 0
    assert "no number was made again; give --weights, the file net.pt" in capsys.readouterr().err
    own = ["--weights", str(home / "net.pt"), "--images", str(home / "photographs")]
    assert main(["check", str(store), *own]) == 0
    line = capsys.readouterr().err.splitlines()[-1]
    # Two layers, three units each, two images a unit.
    assert "12 activations and 12 projections made again" in line
    tell(f"check: {line.partition(': ')[2]}")
    make_photographs(tmp_path / "photographs", 7)
    other = ["--weights", str(home / "net.pt"), "--images", str(tmp_path / "photographs")]
    assert main(["check", str(store), *other]) == 2
    assert "is not what the store was made from" in capsys.readouterr().err
    state = right_weights()
    torch.save({name: tensor * 1.5 for name, tensor in state.items()}, tmp_path / "net.pt")
    assert main(["check", str(store), "--weights", str(tmp_path / "net.pt"), *own[2:]]) == 2
    assert "are not those of the store" in capsys.readouterr().err


def test_a_sample_finds_numbers_and_pictures_of_another_run(
    twice: list[tuple[Path, Path]],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where somebody made the hashes anew, so that all files are as they were made."""
    narrow(monkeypatch.setattr, monkeypatch.setitem)
    store, home = twice[1][0], twice[1][0].parent
    own = ["--weights", str(home / "net.pt"), "--images", str(home / "photographs")]
    manifest = manifest_of(store)
    entries = [path.name for path in store.iterdir() if path.is_dir()]
    alive = [unit for unit in manifest["layers"][0]["units"] if unit["figures"]]
    right = alive[0]["top"][0]["value"]
    alive[0]["top"][0]["value"] = right * 1.001
    Store(store).finish(from_values(manifest, StoredManifest), BuildRecord((), ""), keep=entries)
    assert main(["check", str(store), *own]) == 2
    assert "the store says" in capsys.readouterr().err
    alive[0]["top"][0]["value"] = right
    picture = store / alive[0]["figures"]["projections"]["file"]
    with Image.open(picture) as image:
        image.rotate(90).save(picture, "WEBP", lossless=True)
    Store(store).finish(from_values(manifest, StoredManifest), BuildRecord((), ""), keep=entries)
    assert main(["check", str(store), *own]) == 2
    assert "its projections differ by" in capsys.readouterr().err
    assert json.loads((store / "manifest.json").read_text())["layers"]
