"""What a runner may keep between runs, and that nothing in it is trusted for its name."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from copied_project import ROOT
from torchvision import models
from torchvision.datasets import Imagenette

SCRIPTS = ROOT / ".github" / "scripts"


def outputs(exhibit: str, home: Path) -> dict[str, str]:
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / "inputs.py"), exhibit],
        env={**os.environ, "TORCH_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = (line.partition("=") for line in done.stdout.splitlines())
    return {name: value for name, _, value in lines}


def test_keys_are_the_hashes_that_torchvision_states(tmp_path: Path) -> None:
    written = outputs("imagenet", tmp_path)
    weights = models.AlexNet_Weights.DEFAULT.url.rpartition("/")[2]
    assert written["weights-key"] == f"weights-{weights.removesuffix('.pth')}"
    assert written["weights-key"][-9] == "-"
    assert written["images-key"] == f"images-imagenette2-320-{Imagenette._ARCHIVES['320px'][1]}"
    assert Path(written["weights-path"]) == tmp_path / "hub" / "checkpoints"
    assert Path(written["images-path"]) == tmp_path / "datasets" / "imagenette2-320.tgz"


def test_an_exhibit_that_downloads_nothing_says_so(tmp_path: Path) -> None:
    written = outputs("embedded", tmp_path)
    assert (written["weights-key"], written["images-key"]) == ("weights-none", "images-none")


def test_weights_that_are_not_what_their_name_says_are_dropped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from make_store import drop_false_weights  # noqa: PLC0415

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    good = f"net-{hashlib.sha256(b'weights').hexdigest()[:8]}.pth"
    for name in (good, "net-00000000.pth", "mine.pth"):
        (folder / name).write_bytes(b"weights")
    assert drop_false_weights() == ["net-00000000.pth"]
    assert sorted(path.name for path in folder.iterdir()) == ["mine.pth", good]


def test_a_runner_that_promises_a_card_must_have_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import make_store  # noqa: PLC0415
    from refusal import RefusedError  # noqa: PLC0415

    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setenv("FIGURES_RUNNER", "")  # as a workflow gives a variable that is not set
    assert make_store.device() == "cpu"
    monkeypatch.setenv("FIGURES_RUNNER", "figures-gpu")
    with pytest.raises(RefusedError, match=r"'figures-gpu' .* has no graphics card that torch"):
        make_store.device()
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert make_store.device() == "cuda"


def test_what_is_published_needs_credits_where_the_collection_has_some(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import make_store  # noqa: PLC0415

    asked: list[list[str]] = []
    monkeypatch.setattr(make_store, "generator", asked.append)
    monkeypatch.setattr("sys.argv", ["make_store.py", "embedded", "store"])
    with pytest.raises(SystemExit):
        make_store.main()
    assert asked[0][-1] == "--require-credits"
    assert make_store.gives_credits("openimages")
    assert not make_store.gives_credits("imagenette")
    assert not make_store.gives_credits(str(tmp_path))
    (tmp_path / "credits.csv").touch()
    assert make_store.gives_credits(str(tmp_path))


def test_open_images_are_published_by_their_lock_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import inputs  # noqa: PLC0415
    import make_store  # noqa: PLC0415
    from refusal import RefusedError  # noqa: PLC0415

    asked: list[list[str]] = []
    monkeypatch.setattr(make_store, "generator", asked.append)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "home"))
    for script in (make_store, inputs):
        monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr("sys.argv", ["make_store.py", "openimages", "store"])
    with pytest.raises(RefusedError, match=r"openimages\.lock is not committed"):
        make_store.main()
    assert asked == []
    (tmp_path / "openimages.lock").write_bytes(b"which")
    with pytest.raises(SystemExit):
        make_store.main()
    assert asked[0][:3] == ["figures", "--exhibit", "openimages"]
    monkeypatch.setattr("sys.argv", ["inputs.py", "openimages"])
    inputs.main()
    written = capsys.readouterr().out
    assert f"images-key=images-openimages-{hashlib.sha256(b'which').hexdigest()[:16]}\n" in written
    assert f"images-path={tmp_path / 'home' / 'datasets' / 'openimages'}\n" in written


def test_a_warning_reaches_the_page_of_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from refusal import warn  # noqa: PLC0415

    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    warn("Look here.")
    assert capsys.readouterr().err == "Look here.\n"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    warn("Look here.")
    assert capsys.readouterr().err == "::warning::Look here.\n"
    assert (tmp_path / "summary.md").read_text() == "Look here.\n"


@pytest.mark.parametrize(
    ("script", "arguments", "message"),
    [
        ("inputs.py", ["embeded"], "did you mean 'embedded'"),
        ("inputs.py", [], "name an exhibit"),
        ("make_store.py", ["embedded"], "name an exhibit and a folder"),
        ("make_store.py", ["embeded", "store"], "did you mean 'embedded'"),
        ("check_site.py", ["nowhere"], "name the folder of a built site"),
        ("release.py", [], "name a ref"),
        ("pages.py", ["deploy", "nowhere", "--ref", "refs/heads/main"], "holds no index.html"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(
    script: str, arguments: list[str], message: str, tmp_path: Path
) -> None:
    settings = {name: value for name, value in os.environ.items() if name != "GITHUB_REF"}
    done = subprocess.run(
        [sys.executable, str(SCRIPTS / script), *arguments],
        cwd=tmp_path,
        env={**settings, "TORCH_HOME": str(tmp_path), "PAGES_REMOTE": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
