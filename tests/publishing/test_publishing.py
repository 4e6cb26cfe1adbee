"""The whole way from a tag to the branch that is served, step by step as the workflows go it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from browser.conftest import BROWSERS
from copied_project import ROOT, Project, git
from rehearsal import SITE_URL, Forge, StepFailedError, shell_steps

MAIN = "refs/heads/main"
PLANNED = {"needs": {"plan": {"outputs": {"exhibit": "small"}}}}


def versions(project: Project) -> dict[str, list[str]]:
    """What is published, with its aliases."""
    listed = json.loads(git(project.remote, "show", "gh-pages:versions.json"))
    return {entry["version"]: entry["aliases"] for entry in listed}


def served(project: Project, path: str) -> str:
    return git(project.remote, "show", f"gh-pages:{path}")


def files(project: Project, folder: str = "") -> list[str]:
    listed = git(
        project.remote, "ls-tree", "-r", "--name-only", "gh-pages", *([folder] * bool(folder))
    )
    return listed.splitlines()


def test_tags_and_main_are_published_under_their_names(published: Forge) -> None:
    assert versions(published.project) == {"dev": [], "0.2": ["latest"], "0.1": []}
    for page in ("0.1/layers/1/index.html", "0.2/layers/1/index.html", "dev/index.html"):
        canonical = f'rel="canonical" href="{SITE_URL}latest/'
        assert canonical in served(published.project, page)
    assert "latest/" in served(published.project, "index.html")
    assert SITE_URL in served(published.project, "404.html")


def test_latest_is_redirects_and_nothing_is_a_link(published: Forge) -> None:
    redirects = files(published.project, "latest/")
    assert "latest/layers/1/index.html" in redirects
    assert all(path.endswith(".html") for path in redirects)
    assert "../../../0.2/layers/1/" in served(published.project, "latest/layers/1/index.html")
    modes = {
        line.split()[0]
        for line in git(published.project.remote, "ls-tree", "-r", "gh-pages").splitlines()
    }
    assert modes == {"100644"}


def test_the_history_is_one_commit(published: Forge) -> None:
    assert git(published.project.remote, "rev-list", "--count", "gh-pages") == "1"


def test_figures_that_are_kept_are_not_made_again(published: Forge) -> None:
    """0.1 and 0.2 made theirs; dev, which only changed a page, took those of 0.2."""
    made = [
        artifact["name"] for artifact in published.kept if artifact["name"].startswith("store-")
    ]
    assert len(made) == len(set(made)) == 2
    assert "A page for dev." in served(published.project, "dev/about/index.html")
    assert "A page for dev." not in served(published.project, "0.2/about/index.html")


def test_a_tag_on_a_commit_whose_figures_are_kept_is_published(published: Forge) -> None:
    """The way that releasing goes: wait for dev, then tag the same commit."""
    ended = published.ended["figures.yml", "refs/tags/v0.1.0"]
    assert ended == {
        "plan": "success",
        "store": "skipped",
        "publish / build": "success",
        "publish / deploy": "success",
        "publish": "success",
    }


def test_each_version_has_its_own_figures(published: Forge) -> None:
    def figures(version: str) -> set[str]:
        tree = git(published.project.remote, "ls-tree", "-r", "gh-pages", f"{version}/")
        return {line.split()[2] for line in tree.splitlines() if "/figures-" in line}

    assert len(figures("0.1")) > 10
    assert figures("0.1") != figures("0.2") == figures("dev")


def test_every_shell_step_of_the_two_workflows_was_run(published: Forge) -> None:
    for name in ("figures.yml", "publish.yml"):
        ran = {(job, command) for file, job, command in published.ran if file == name}
        assert ran == shell_steps(name)


def refused(forge: Forge, ref: str, by_hand: bool = False, **made: str) -> StepFailedError:
    """The step that stops a push of ``ref``; nothing is deployed by then."""
    before = forge.project.pages()
    with pytest.raises(StepFailedError) as caught:
        forge.publish(ref, made or None) if made or by_hand else forge.figures(ref)
    assert forge.project.pages() == before
    return caught.value


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("refs/tags/v0.3.0", "tag v0.3.0: the package says 0.2.0; set __version__"),
        ("refs/tags/v0.2.0rc1", "is not published; the branch main and tags vX.Y.Z are"),
        ("refs/heads/topic", "is not published"),
    ],
)
def test_a_ref_that_is_no_release_stops_at_the_first_step(
    published: Forge, ref: str, message: str
) -> None:
    stopped = refused(published, ref)
    assert stopped.step == "python .github/scripts/release.py"
    assert message in stopped.said
    assert "Traceback" not in stopped.said


def test_a_release_without_an_entry_in_the_changelog_is_refused(published: Forge) -> None:
    changelog = published.project.folder / "CHANGELOG.md"
    text = changelog.read_text()
    changelog.write_text(text.replace("0.2.0", "0.1.9"))
    try:
        stopped = refused(published, "refs/tags/v0.2.0")
    finally:
        changelog.write_text(text)
    assert "CHANGELOG.md: has no entry for 0.2.0" in stopped.said


@pytest.mark.parametrize(
    ("checked", "said"),
    [
        ([], "(no run)"),
        ([{"event": "push", "conclusion": "failure"}], "(failure)"),
        ([{"event": "push", "conclusion": None, "status": "in_progress"}], "(in_progress)"),
        ([{"event": "pull_request", "conclusion": "success"}], "(no run)"),
    ],
)
def test_a_release_that_ci_has_not_passed_is_refused(
    published: Forge, checked: list[dict[str, Any]], said: str
) -> None:
    good, published.checked = published.checked, checked
    try:
        stops = [
            refused(published, "refs/tags/v0.2.0"),
            refused(published, "refs/tags/v0.2.0", by_hand=True),
        ]
    finally:
        published.checked = good
    for stopped in stops:
        assert stopped.step == "python .github/scripts/ci_passed.py"
        assert "CI has not passed for commit" in stopped.said
        assert said in stopped.said


def test_a_corrupted_artifact_is_refused_and_nothing_deployed(published: Forge) -> None:
    kept = [artifact for artifact in published.kept if artifact["name"].startswith("store-")][-1]
    run = str(kept["workflow_run"]["id"])
    folder = published.folder / f"artifact-{run}-{kept['name']}"
    figure = next(folder.glob("figures-*/conv1/*"))
    good = figure.read_bytes()
    figure.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
    try:
        stopped = refused(published, MAIN, artifact=kept["name"], run=run)
    finally:
        figure.write_bytes(good)
    assert stopped.step == "python -m generator check store --files"
    assert f"{figure.name}: has changed since it was made" in stopped.said


def test_a_site_that_is_not_the_tested_one_is_refused(published: Forge) -> None:
    before = published.project.pages()
    site = [artifact for artifact in published.kept if artifact["name"] == "site"][-1]
    context = {"needs": {"build": {"outputs": {"sha256": "0" * 64, "built": "true"}}}}
    published.runs = site["workflow_run"]["id"]
    with pytest.raises(StepFailedError, match="is not the site that was tested"):
        published.job("publish.yml", "deploy", MAIN, context)
    assert published.project.pages() == before


def test_a_page_with_a_broken_link_is_not_deployed(published: Forge) -> None:
    page = published.project.folder / "docs" / "about.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text + '\n<a href="nowhere/">Nowhere</a>\n', encoding="utf-8")
    kept = [artifact for artifact in published.kept if artifact["name"].startswith("store-")][-1]
    try:
        run = str(kept["workflow_run"]["id"])
        stopped = refused(published, MAIN, artifact=kept["name"], run=run)
    finally:
        page.write_text(text, encoding="utf-8")
    assert stopped.step == "python .github/scripts/check_site.py site"
    assert "about/index.html: nowhere/ leads nowhere" in stopped.said


def test_a_page_whose_script_fails_is_not_deployed(published: Forge) -> None:
    if not (os.environ.get("CHROMIUM") or any(map(shutil.which, BROWSERS))):
        pytest.skip("no Chromium on this machine")
    script = published.project.folder / "docs" / "assets" / "js" / "unit-view.js"
    text = script.read_text(encoding="utf-8")
    script.write_text("null.nothing;\n" + text, encoding="utf-8")
    kept = [artifact for artifact in published.kept if artifact["name"].startswith("store-")][-1]
    left_out, published.left_out = published.left_out, None
    try:
        stopped = refused(
            published, MAIN, artifact=kept["name"], run=str(kept["workflow_run"]["id"])
        )
    finally:
        published.left_out = left_out
        script.write_text(text, encoding="utf-8")
    assert stopped.step == "pytest -x tests/browser/test_any_site.py"
    assert "error in a script: " in stopped.said


def test_other_photographs_are_other_figures(published: Forge) -> None:
    """Which they are is written down in their lock."""
    kept = published.job("figures.yml", "plan", MAIN, {})
    assert kept["run"]
    assert published.project.origin
    lock = published.project.origin.lock
    content = lock.read_bytes()
    lock.write_bytes(content + b"\n")
    try:
        other = published.job("figures.yml", "plan", MAIN, {})
    finally:
        lock.write_bytes(content)
    assert other["run"] == ""
    assert other["artifact"] != kept["artifact"]


def test_with_their_lock_open_images_are_what_is_published(published: Forge) -> None:
    """Where the repository's variables name no exhibit; the lock is the one thing to commit."""
    unnamed: dict[str, Any] = {"vars": {}}
    assert published.project.origin
    lock = published.project.origin.lock
    planned = published.job("figures.yml", "plan", MAIN, unnamed)
    assert planned["exhibit"] == "openimages"
    assert planned["artifact"].startswith("store-openimages-")
    away = lock.rename(lock.with_suffix(".away"))
    try:
        planned = published.job("figures.yml", "plan", MAIN, unnamed)
    finally:
        away.rename(lock)
    assert planned["exhibit"] == "imagenet"
    assert planned["artifact"].startswith("store-imagenet-")


def test_what_is_published_says_whose_each_photograph_is(published: Forge) -> None:
    about = served(published.project, "0.2/about/index.html")
    terms = "https://creativecommons.org/licenses/by/2.0/"
    assert about.count(f'<td>Ada, Lund</td><td><a href="{terms}">CC BY 2.0</a></td>') == 12
    assert "Every photograph has a credit." in about
    assert "by Google, under CC BY 4.0" in about
    units = [
        json.loads(served(published.project, f"0.2/layers/1/unit-{channel}.json"))
        for channel in range(6)
    ]
    credits_shown = [top["credit"] for unit in units for top in unit["top"]]
    assert {one["said"] for one in credits_shown} == {"by Ada, Lund (CC BY 2.0)"}
    assert all(one["address"].startswith("https://example.org/2") for one in credits_shown)
    figures = served(published.project, "0.2/paper-figures/index.html")
    assert "by Ada, Lund (CC BY 2.0)</a>" in figures


def test_open_images_without_their_lock_are_not_published(published: Forge) -> None:
    assert published.project.origin
    lock = published.project.origin.lock
    away = lock.rename(lock.with_suffix(".away"))
    try:
        with pytest.raises(StepFailedError) as caught:
            published.job("figures.yml", "store", MAIN, PLANNED)
    finally:
        away.rename(lock)
    assert caught.value.step == 'python .github/scripts/make_store.py "$EXHIBIT" store'
    assert "openimages.lock is not committed, so nobody knows" in caught.value.said


def test_figures_that_are_no_longer_needed_are_not_published(published: Forge) -> None:
    """Main has moved on since they were begun; by hand, there are none to publish again."""
    before = published.project.pages()
    code = published.project.folder / "generator" / "draw" / "raster.py"
    text = code.read_text(encoding="utf-8")
    code.write_text(text + "\n# changed\n", encoding="utf-8")
    try:
        stopped = refused(published, MAIN, by_hand=True)
        assert stopped.step == 'python .github/scripts/find_store.py --kept "$EXHIBIT"'
        assert "no run keeps store-small-" in stopped.said
        assert "start Figures on this branch or tag" in stopped.said
        kept = [artifact for artifact in published.kept if artifact["name"].startswith("store-")][
            -1
        ]
        made = {"artifact": kept["name"], "run": str(kept["workflow_run"]["id"])}
        assert published.publish(MAIN, made)["deploy"] == "skipped"
    finally:
        code.write_text(text, encoding="utf-8")
    assert published.project.pages() == before
    assert "Nothing is published" in published.summary.read_text(encoding="utf-8")


# The branch by itself, with sites of two files


class Lesson:
    """A remote, and folders of several versions that publish to it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.remote = folder, folder / "remote.git"
        git(folder, "init", "--quiet", "--bare", str(self.remote))

    def command(self, *arguments: str, version: str = "0.1.0") -> list[str]:
        """The command line of pages.py in a copy of the project of that version."""
        copy = self.folder / f"copy-{version}"
        if not copy.exists():
            (copy / ".github").mkdir(parents=True)
            (copy / ".github" / "scripts").symlink_to(ROOT / ".github" / "scripts")
            (copy / "generator").mkdir()
            (copy / "generator" / "__init__.py").write_text(f'__version__ = "{version}"\n')
            (copy / "CHANGELOG.md").write_text(f"## {version}\n")
        run = (
            "import sys, refusal; from pathlib import Path; "
            f"refusal.ROOT = Path({str(copy)!r}); import pages; refusal.run(pages.main)"
        )
        return [sys.executable, "-c", run, "--remote", str(self.remote), *arguments]

    def run(self, *arguments: str, version: str = "0.1.0", **settings: str) -> Any:
        return subprocess.run(
            self.command(*arguments, version=version),
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT / ".github" / "scripts"), **settings},
            capture_output=True,
            text=True,
            check=False,
        )

    def site(self, version: str, size: int = 1000, pages: tuple[str, ...] = ("", "about/")) -> str:
        folder = self.folder / f"site-{version}"
        for page in pages:
            (folder / page).mkdir(parents=True, exist_ok=True)
            (folder / page / "index.html").write_text(f"<h1>{version} {page}</h1>")
        (folder / "figure.webp").write_bytes(version.encode() * (size // len(version)))
        return str(folder)

    def deploy(self, version: str, ref: str = "", **site: Any) -> Any:
        done = self.run(
            *("deploy", self.site(version, **site), "--ref", ref or f"refs/tags/v{version}"),
            version=version,
        )
        assert done.returncode == 0, done.stderr
        return done

    def versions(self) -> dict[str, list[str]]:
        return versions(Project(self.folder, self.remote))

    def files(self, folder: str = "") -> list[str]:
        return files(Project(self.folder, self.remote), folder)

    def served(self, path: str) -> str:
        return served(Project(self.folder, self.remote), path)


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    return Lesson(tmp_path)


def test_a_patch_of_an_older_release_leaves_latest_where_it_is(lesson: Lesson) -> None:
    lesson.deploy("0.1.0", ref=MAIN)
    assert lesson.versions() == {"dev": []}
    assert "dev/" in lesson.served("index.html")  # until there is a release
    lesson.deploy("0.1.0")
    lesson.deploy("0.10.0")
    lesson.deploy("0.9.3")
    assert lesson.versions() == {"dev": [], "0.10": ["latest"], "0.9": [], "0.1": []}
    assert "latest/" in lesson.served("index.html")
    assert "../0.10/" in lesson.served("latest/index.html")


@pytest.mark.parametrize(
    ("settings", "ways"),
    [
        ({}, []),
        ({"GITHUB_REPOSITORY": "Ada/lesson"}, ["https://ada.github.io/lesson/"]),
        ({"SITE_URL": "https://lesson.test/cnn"}, ["https://lesson.test/cnn/"]),
    ],
    ids=["by hand", "Pages", "another host"],
)
def test_the_roots_answer_to_a_lost_address_leads_home_where_that_is_known(
    lesson: Lesson, settings: dict[str, str], ways: list[str]
) -> None:
    words = ("deploy", lesson.site("0.1.0"), "--ref", MAIN)
    nothing = {"SITE_URL": "", "GITHUB_REPOSITORY": ""}
    done = lesson.run(*words, **{**nothing, **settings})
    assert done.returncode == 0, done.stderr
    assert re.findall('<a href="(.*?)">', lesson.served("404.html")) == ways


def test_a_site_whose_test_left_no_hash_is_refused(lesson: Lesson) -> None:
    words = ("deploy", lesson.site("0.1.0"), "--ref", MAIN)
    refused = lesson.run(*words, SITE_SHA256="")
    assert refused.returncode == 2
    assert "is not the site that was tested" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert "gh-pages" not in git(lesson.remote, "branch", "--list")
    assert lesson.run(*words).returncode == 0, "by hand, where there is no such word"


def test_the_same_site_again_changes_nothing(lesson: Lesson) -> None:
    lesson.deploy("0.1.0")
    before = git(lesson.remote, "rev-parse", "gh-pages^{tree}")
    lesson.deploy("0.1.0")
    assert git(lesson.remote, "rev-parse", "gh-pages^{tree}") == before


def test_a_hash_that_is_empty_allows_no_site(lesson: Lesson) -> None:
    """As when the job that tested the site has handed on nothing."""
    site = lesson.site("0.1.0")
    done = lesson.run("deploy", site, "--ref", "refs/tags/v0.1.0", SITE_SHA256="")
    assert done.returncode == 2
    assert "is not the site that was tested" in done.stderr
    assert git(lesson.remote, "for-each-ref") == ""


def test_two_releases_at_once_keep_each_others_pages(lesson: Lesson) -> None:
    lesson.deploy("0.1.0")
    at_once = [
        subprocess.Popen(
            lesson.command("deploy", lesson.site(v), "--ref", f"refs/tags/v{v}", version=v),
            env={**os.environ, "PYTHONPATH": str(ROOT / ".github" / "scripts")},
            stderr=subprocess.PIPE,
            text=True,
        )
        for v in ("0.2.0", "0.3.0", "0.4.0")
    ]
    for process in at_once:
        _, message = process.communicate(timeout=120)
        assert process.returncode == 0, message
    assert lesson.versions() == {"0.4": ["latest"], "0.3": [], "0.2": [], "0.1": []}
    for name in ("0.2", "0.3", "0.4"):
        assert lesson.served(f"{name}/index.html") == f"<h1>{name}.0 </h1>"


def test_a_release_in_between_is_seen_and_kept(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not left to luck: another publishes after the fetch and before the push, twice."""
    from branch import Pages  # noqa: PLC0415
    from pages import deploy  # noqa: PLC0415

    monkeypatch.setattr("time.sleep", lambda seconds: None)
    others = ["0.2.0", "0.3.0"]
    real = Pages._push

    def late(pages: Pages, commit: str) -> bool:
        if others:
            other = others.pop(0)
            lesson.deploy(other)
        return real(pages, commit)

    monkeypatch.setattr(Pages, "_push", late)
    deploy(Pages(str(lesson.remote)), Path(lesson.site("0.1.0")), "0.1")
    assert others == []
    assert lesson.versions() == {"0.3": ["latest"], "0.2": [], "0.1": []}
    assert git(lesson.remote, "rev-list", "--count", "gh-pages") == "1"


def test_one_that_never_gets_through_says_so(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    from branch import Pages  # noqa: PLC0415
    from pages import deploy  # noqa: PLC0415
    from refusal import RefusedError  # noqa: PLC0415

    monkeypatch.setattr("time.sleep", lambda seconds: None)
    monkeypatch.setattr(Pages, "_push", lambda pages, commit: False)
    with pytest.raises(RefusedError, match="others have published 10 times"):
        deploy(Pages(str(lesson.remote)), Path(lesson.site("0.1.0")), "0.1")
    assert git(lesson.remote, "for-each-ref") == ""


def test_pruning_leaves_notes_that_lead_to_the_newest(lesson: Lesson) -> None:
    lesson.deploy("0.1.0", ref=MAIN)
    lesson.deploy("0.1.0", pages=("", "about/", "old/"))
    for minor in range(2, 8):
        done = lesson.deploy(f"0.{minor}.0")
    assert "pruned 0.1" in done.stdout  # the seventh release
    assert list(lesson.versions()) == ["dev", *(f"0.{minor}" for minor in range(7, 1, -1))]
    assert lesson.files("0.1/") == [f"0.1/{page}index.html" for page in ("about/", "", "old/")]
    note = lesson.served("0.1/about/index.html")
    assert "Version 0.1 of this lesson is no longer kept" in note
    assert 'href="../../latest/about/"' in note
    assert 'href="../../latest/"' in lesson.served("0.1/old/index.html")  # not in the newest
    assert 'href="../latest/"' in lesson.served("0.1/index.html")
    lesson.deploy("0.8.0")
    assert len(lesson.files("0.1/")) == 3  # the notes of earlier prunings stay


def test_a_site_that_grows_is_pruned_by_size(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    import rules  # noqa: PLC0415
    from branch import Pages  # noqa: PLC0415
    from pages import deploy  # noqa: PLC0415
    from refusal import RefusedError  # noqa: PLC0415

    monkeypatch.setattr(rules, "LIMIT", 10_000)
    pages = Pages(str(lesson.remote))
    for minor in (1, 2, 3):
        site = Path(lesson.site(f"0.{minor}.0", size=4000))
        went = deploy(pages, site, f"0.{minor}")
        assert went == (["0.1"] if minor == 3 else [])
    before = git(lesson.remote, "rev-parse", "gh-pages")
    with pytest.raises(RefusedError, match=r"the site would have .* MB with 0\.4 alone"):
        deploy(pages, Path(lesson.site("0.4.0", size=11_000)), "0.4")
    assert git(lesson.remote, "rev-parse", "gh-pages") == before


def test_a_release_is_taken_back_in_two_steps(lesson: Lesson) -> None:
    lesson.deploy("0.1.0")
    lesson.deploy("0.2.0")
    refusal = lesson.run("remove", "0.2")
    assert refusal.returncode == 2
    assert refusal.stderr == "-c: 0.2: is latest; let latest lead to another version first\n"
    assert lesson.run("latest", "0.1").returncode == 0
    assert lesson.versions() == {"0.2": [], "0.1": ["latest"]}
    assert "../0.1/" in lesson.served("latest/index.html")
    assert lesson.run("remove", "0.2").returncode == 0
    assert lesson.versions() == {"0.1": ["latest"]}
    assert 'href="../latest/"' in lesson.served("0.2/index.html")
    unknown = lesson.run("remove", "0.7")
    assert unknown.returncode == 2
    assert "0.7: is not published; 0.1 is" in unknown.stderr


def test_a_remote_that_can_not_be_reached_is_one_line(lesson: Lesson, tmp_path: Path) -> None:
    lesson.remote.rename(tmp_path / "elsewhere.git")
    done = lesson.run("deploy", lesson.site("0.1.0"), "--ref", "refs/tags/v0.1.0")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "remote.git" in done.stderr
