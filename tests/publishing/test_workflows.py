"""What holds for every workflow: least rights, fixed actions, nothing that nobody has run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import find_store
import pytest
import release
import yaml
from copied_project import ROOT
from refusal import RefusedError
from rehearsal import WORKFLOWS, shell_steps, workflow

NAMES = sorted(path.name for path in WORKFLOWS.glob("*.yml"))
PINNED = re.compile(r"uses: (actions/[\w-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+( # zizmor: ignore.*)?$")
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def triggers(name: str) -> dict[str, Any]:
    return dict(workflow(name)[True])  # type: ignore[index]  # YAML takes `on` for true


def jobs(name: str) -> list[tuple[str, dict[str, Any]]]:
    return list(workflow(name)["jobs"].items())


def test_there_are_three() -> None:
    assert NAMES == ["ci.yml", "figures.yml", "publish.yml"]


@pytest.mark.parametrize("name", NAMES)
def test_every_action_is_fixed_to_a_commit(name: str) -> None:
    lines = (WORKFLOWS / name).read_text(encoding="utf-8").splitlines()
    uses = [line.strip().removeprefix("- ") for line in lines if "uses:" in line]
    assert uses
    for line in uses:
        assert PINNED.fullmatch(line) or line == "uses: $/.github/workflows/publish.yml", line


@pytest.mark.parametrize("name", NAMES)
def test_rights_are_given_job_by_job_with_a_time_limit(name: str) -> None:
    assert workflow(name)["permissions"] == {}
    for job, settings in jobs(name):
        assert "permissions" in settings, job
        assert "uses" in settings or 0 < settings["timeout-minutes"] <= 350, job
        writes = [right for right, level in settings["permissions"].items() if level == "write"]
        assert writes == (["contents"] if job in ("deploy", "publish") else []), job
        for step in settings.get("steps", []):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_the_job_that_may_write_builds_nothing() -> None:
    deploy = workflow("publish.yml")["jobs"]["deploy"]
    commands = [step["run"] for step in deploy["steps"] if "run" in step]
    assert commands == [
        "python -m pip install -r .github/requirements-deploy.txt",
        "python .github/scripts/pages.py deploy site",
        "python .github/scripts/disk.py attach zip",
    ]


def test_no_pull_request_reaches_the_runner_or_the_pages() -> None:
    assert "pull_request" in triggers("ci.yml")
    for name in ("figures.yml", "publish.yml"):
        assert not {"pull_request", "pull_request_target", "workflow_run"} & set(triggers(name))
    assert "secrets." not in "".join(path.read_text() for path in WORKFLOWS.glob("*.yml"))


def test_figures_run_where_the_project_says_or_on_a_processor() -> None:
    settings = workflow("figures.yml")["jobs"]["store"]["runs-on"]
    assert settings == "${{ vars.FIGURES_RUNNER || 'ubuntu-24.04' }}"


def test_no_expression_is_pasted_into_a_shell() -> None:
    for name in NAMES:
        for _, command in shell_steps(name):
            assert "${{" not in command, command


def test_every_command_of_ci_is_one_of_the_local_run_or_of_these_tests() -> None:
    """Those of the other two workflows are run by test_publishing.py, all of them."""
    local = {line.strip() for line in CI} | {"bash .ci/run"}
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    taken = next(line for line in CI if line.startswith("test_command=")).split("'")[1]
    assert taken in readme
    tested = {
        "python .github/scripts/oldest.py > oldest.txt",  # below
        "python .github/scripts/package.py --environment fresh",  # test_package.py, without fresh
        taken,
        "pip install -e .",  # the README's way to start; the command above does it too
    }
    assert {command for _, command in shell_steps("ci.yml")} - local == tested


@pytest.mark.parametrize("name", NAMES)
def test_where_tests_run_a_browser_is_named(name: str) -> None:
    """Without the name the browser tests would skip on a machine that has none."""
    testing = ("pytest", ".ci/run", "package.py")
    for job, settings in jobs(name):
        steps = [step for step in settings.get("steps", []) if "run" in step]
        for step in steps:
            if any(word in step["run"] for word in testing):
                given = {**workflow(name).get("env", {}), **step.get("env", {})}
                assert given["CHROMIUM"] == "/usr/bin/google-chrome", job


def test_what_the_deploying_job_installs_is_what_the_project_uses() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = (ROOT / ".github" / "requirements-deploy.txt").read_text(encoding="utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert set(wanted) <= set(project["dependencies"])


@pytest.mark.parametrize("command", [c for _, c in sorted(shell_steps("publish.yml")) if "-r" in c])
def test_its_list_can_be_installed(command: str) -> None:
    """Against what is installed here, without the network."""
    if ROOT.joinpath("pyproject.toml").exists():
        words = command.removeprefix("python ").split()
        done = subprocess.run(
            [sys.executable, *words, "--dry-run", "--no-index", "--quiet"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_every_push_asks_for_its_figures_and_no_other_publishes() -> None:
    """No list of paths could know where a teacher's weights and images lie."""
    assert triggers("figures.yml")["push"] == {"branches": ["main"], "tags": ["v*"]}
    assert set(triggers("publish.yml")) == {"workflow_call", "workflow_dispatch"}
    for name in find_store.PAGES_ONLY:
        assert (ROOT / "generator" / name).exists()


def small_project(folder: Path) -> Path:
    package = folder / "generator"
    (package / "pages").mkdir(parents=True)
    (package / "exhibits.toml").write_text('[one]\nmodel = "a"\n[two]\nmodel = "b"\n')
    (package / "site").mkdir()
    for name in ("scan.py", "site/gen_pages.py", "pages/page.py"):
        (package / name).write_text(name)
    return folder


def test_a_store_is_named_by_what_its_figures_depend_on(tmp_path: Path) -> None:
    root = small_project(tmp_path)
    package = root / "generator"
    name = find_store.artifact_name("one", root)
    assert re.fullmatch(r"store-one-[0-9a-f]{16}", name)
    (package / "pages" / "page.py").write_text("other")
    (package / "site" / "gen_pages.py").write_text("other")
    (package / "exhibits.toml").write_text('[one]\nmodel = "a"\n[two]\nmodel = "c"\n')
    assert find_store.artifact_name("one", root) == name
    (package / "exhibits.toml").write_text('[one]\nmodel = "a"\nk = 4\n')
    assert find_store.artifact_name("one", root) != name
    (package / "exhibits.toml").write_text('[one]\nmodel = "a"\n')
    assert find_store.artifact_name("one", root) == name
    (package / "scan.py").write_text("other")
    assert find_store.artifact_name("one", root) != name
    with pytest.raises(RefusedError, match=r"has no \[three\]; it has one"):
        find_store.artifact_name("three", root)


def test_the_name_covers_the_files_of_the_checkout_that_an_exhibit_names(tmp_path: Path) -> None:
    root = small_project(tmp_path / "own")
    table = root / "generator" / "exhibits.toml"
    named = (
        '[one]\nmodel = "a"\nweights = "mine.pt"\nimages = "./photos"\nphotographs = ["x.png"]\n'
        '[far]\nmodel = "a"\nweights = "../far.pt"\nimages = "/far"\nphotographs = 5\n'
    )
    table.write_text(named)
    for name in ("mine.pt", "photos/cats/1.png", "../far.pt"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    names = [find_store.artifact_name("one", root)]
    far = find_store.artifact_name("far", root)
    for name in ("mine.pt", "mine.json", "mine-epoch1.pt", "x.png", "photos/cats/2.png"):
        (root / name).write_text("other")
        names.append(find_store.artifact_name("one", root))
    (root / "photos" / "cats" / "2.png").rename(root / "photos" / "cats" / "3.png")
    names.append(find_store.artifact_name("one", root))
    assert len(set(names)) == len(names)
    table.write_text('[one]\nmodel = "a"\nimages = "openimages"\n')
    open_images = find_store.artifact_name("one", root)
    (root / "openimages.lock").write_text("which")
    assert find_store.artifact_name("one", root) != open_images
    table.write_text(named)
    (root / "other.png").write_text("other")
    (root.parent / "far.pt").write_text("other")  # not here: who changes it says rerun
    assert find_store.artifact_name("one", root) == names[-1]
    assert find_store.artifact_name("far", root) == far


def kept(number: int, **other: Any) -> dict[str, Any]:
    run = {"id": number, "repository_id": 1, "head_repository_id": other.pop("head", 1)}
    return {
        "name": "store-x",
        "expired": False,
        "created_at": f"2026-11-0{number}T00:00:00Z",
        "workflow_run": run,
        **other,
    }


@pytest.mark.parametrize(
    ("found", "run"),
    [
        ([], ""),
        ([kept(1), kept(3), kept(2)], "3"),
        ([kept(1), kept(3, expired=True)], "1"),
        ([kept(1), kept(3, head=2)], "1"),  # made by somebody's fork
        ([kept(1), kept(3, name="store-xy")], "1"),
    ],
)
def test_the_newest_store_of_our_own_is_taken(
    found: list[dict[str, Any]], run: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import io  # noqa: PLC0415
    import json  # noqa: PLC0415

    def answer(request: Any, timeout: float) -> io.BytesIO:
        assert request.full_url.startswith("https://api.github.com/repos/a/b/actions/artifacts?")
        return io.BytesIO(json.dumps({"artifacts": found}).encode())

    monkeypatch.setattr("urllib.request.urlopen", answer)
    monkeypatch.delenv("GITHUB_API_URL", raising=False)
    monkeypatch.setenv("GITHUB_REPOSITORY", "a/b")
    assert find_store.find_run("store-x") == run


def test_a_forge_that_does_not_answer_is_one_line() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / ".github" / "scripts" / "find_store.py"), "embedded"],
        env={**os.environ, "GITHUB_REPOSITORY": "a/b", "GITHUB_API_URL": "http://127.0.0.1:9"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "does not say which stores are kept" in done.stderr


@pytest.mark.parametrize(
    ("repository", "url"),
    [
        ("Teacher/lesson", "https://teacher.github.io/lesson/"),
        ("Teacher/Teacher.github.io", "https://teacher.github.io/"),
        ("", ""),
    ],
)
def test_the_address_of_the_site(
    repository: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REPOSITORY", repository)
    monkeypatch.delenv("SITE_URL", raising=False)
    assert release.site_url() == url
    monkeypatch.setenv("SITE_URL", "https://lesson.example/")
    assert release.site_url() == "https://lesson.example/"


def test_the_token_goes_to_git_as_a_header_and_to_this_host_only(tmp_path: Path) -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer  # noqa: PLC0415
    from threading import Thread  # noqa: PLC0415

    from branch import Pages  # noqa: PLC0415

    heard: list[str | None] = []

    class Closed(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(self.headers["Authorization"])
            self.send_response(403)
            self.end_headers()

        def log_message(self, *message: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Closed)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        remote = f"http://127.0.0.1:{server.server_port}/Teacher/lesson.git"
        with pytest.raises(RefusedError, match=r"git ls-remote: .*403") as caught:
            Pages(remote, "s3cret").change("x", lambda now: None)
    finally:
        server.shutdown()
        server.server_close()
    assert heard == ["Basic eC1hY2Nlc3MtdG9rZW46czNjcmV0"]
    assert "s3cret" not in str(caught.value)


def test_the_oldest_versions_are_told(tmp_path: Path) -> None:
    (command,) = (run for _, run in shell_steps("ci.yml") if "oldest.py" in run)
    script = command.replace(".github", str(ROOT / ".github"))
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    subprocess.run(
        ["bash", "-e", "-c", script], cwd=tmp_path, env={**os.environ, "PATH": path}, check=True
    )
    lines = (tmp_path / "oldest.txt").read_text(encoding="utf-8").splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert len(lines) == len(project["dependencies"])
    assert all(re.fullmatch(r"[\w.-]+==[\d.]+", line) for line in lines)
    torch = next(line for line in project["dependencies"] if line.startswith("torch>="))
    assert f"torch=={torch.removeprefix('torch>=')}" in lines


@pytest.mark.parametrize(
    "command",
    [line for line in CI if line.startswith(("zizmor ", "check-jsonschema "))],
    ids=lambda line: line.split()[-1],
)
def test_the_linters_of_workflows_find_nothing(command: str) -> None:
    """The commands of .ci/run, as they stand there."""
    here = Path(sys.executable).parent
    if not (here / command.split(maxsplit=1)[0]).exists():
        pytest.skip(f"{command.split(maxsplit=1)[0]} is not installed")
    path = os.pathsep.join((str(here), os.environ["PATH"]))
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_dependabot_looks_after_actions_and_python() -> None:
    settings = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))
    assert [update["package-ecosystem"] for update in settings["updates"]] == [
        "github-actions",
        "pip",
    ]
