"""The workflows, rehearsed: their own steps, from their own files, on this machine.

A small forge stands in for GitHub: it keeps artifacts, answers which there are, replaces the few
actions (checkout, artifacts, caches) and the program `gh`, and decides as GitHub does which jobs
run. Every shell step runs as it is written in the YAML, but for those that install packages.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml
from copied_project import MADE, ROOT, Project, git
from expressions import filled, holds
from fake_gh import put_before_others

WORKFLOWS = ROOT / ".github" / "workflows"
IN_A_BROWSER = "pytest -x tests/browser/"
SERVED = f"{IN_A_BROWSER}test_any_site.py"
REPOSITORY, SITE_URL = "Teacher/lesson", "https://teacher.github.io/lesson/"


class StepFailedError(Exception):
    """A step of a job ended with another status than 0."""

    def __init__(self, step: str, message: str) -> None:
        super().__init__(f"{step}\n{message}")
        self.step, self.said = step, message


def workflow(name: str) -> dict[str, Any]:
    """A workflow as YAML values."""
    loaded: dict[str, Any] = yaml.safe_load((WORKFLOWS / name).read_text(encoding="utf-8"))
    return loaded


def shell_steps(name: str) -> set[tuple[str, str]]:
    """Job and command of every shell step of a workflow."""
    return {
        (job, str(step["run"]))
        for job, job_settings in workflow(name)["jobs"].items()
        for step in job_settings.get("steps", [])
        if "run" in step
    }


@dataclass
class Forge:
    """Keeps artifacts and answers which there are; runs jobs."""

    folder: Path
    project: Project
    ran: set[tuple[str, str, str]] = field(default_factory=set)
    kept: list[dict[str, Any]] = field(default_factory=list)
    # What CI has said of the commit that is checked out.
    checked: list[dict[str, Any]] = field(
        default_factory=lambda: [{"event": "push", "conclusion": "success"}]
    )
    ended: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    runs: int = 100
    # Sites are tried in a browser, which takes longest of all, but for steps that begin so.
    left_out: str | None = None

    def __post_init__(self) -> None:
        forge = self
        self.programs = put_before_others(self.folder / "programs", self.releases)

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                address = urlsplit(self.path)
                asked = {key: value for key, (value,) in parse_qs(address.query).items()}
                matching = [
                    artifact for artifact in forge.kept if artifact["name"] == asked.get("name")
                ]
                answers = {"artifacts": {"artifacts": matching}}
                if asked.get("head_sha") == git(forge.project.folder, "rev-parse", "HEAD"):
                    answers["workflows/ci.yml/runs"] = {"workflow_runs": forge.checked}
                about = address.path.removeprefix(f"/repos/{REPOSITORY}/actions/")
                right = about in answers and self.headers["Authorization"] == "Bearer token"
                body = json.dumps(answers[about]).encode() if right else b"{}"
                self.send_response(200 if right else 403)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *message: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def summary(self) -> Path:
        """What the steps have told those who look at a run."""
        return self.folder / "summary.md"

    @property
    def releases(self) -> Path:
        """A folder for each release, with what is attached to it."""
        return self.folder / "releases"

    def close(self) -> None:
        """Stop answering."""
        self.project.closing.close()
        self.server.shutdown()
        self.server.server_close()

    def figures(self, ref: str, event: str = "push") -> dict[str, str]:
        """All of figures.yml for ``ref``, with publish.yml, which it calls."""
        self.runs += 1
        return self.workflow("figures.yml", ref, {"github": {"event_name": event}})

    def publish(self, ref: str, inputs: dict[str, str] | None = None) -> dict[str, str]:
        """All of publish.yml: as it is called with these inputs, or started by hand."""
        if inputs is None:
            self.runs += 1
        event = "workflow_dispatch" if inputs is None else "push"
        given = {"inputs": inputs or {}, "github": {"event_name": event}}
        return self.workflow("publish.yml", ref, given)

    def workflow(
        self, file: str, ref: str, context: dict[str, Any], before: tuple[str, ...] = ()
    ) -> dict[str, str]:
        """Run the jobs of a workflow that GitHub would run; how each ended.

        ``before`` is how the jobs ended that the calling one has waited for.
        """
        needs: dict[str, Any] = {}
        chains: dict[str, tuple[str, ...]] = {}
        told: dict[str, str] = {}
        for name, settings in workflow(file)["jobs"].items():
            wanted = settings.get("needs", [])
            wanted = [wanted] if isinstance(wanted, str) else wanted
            ends = ((*chains[need], needs[need]["result"]) for need in wanted)
            chains[name] = sum(ends, before)
            known = self._known(ref, {**context, "needs": {need: needs[need] for need in wanted}})
            needs[name] = {"result": "skipped", "outputs": {}}
            if holds(settings.get("if", ""), known, chains[name]):
                if "uses" in settings:
                    given = {**context, "inputs": _filled(settings["with"], known)}
                    called = Path(settings["uses"]).name
                    ended = self.workflow(called, ref, given, chains[name])
                    told |= {f"{name} / {job}": end for job, end in ended.items()}
                else:
                    needs[name]["outputs"] = self.job(file, name, ref, known)
                needs[name]["result"] = "success"  # any other end is a StepFailedError
            told[name] = needs[name]["result"]
        self.ended[file, ref] = told
        return told

    def _known(self, ref: str, context: dict[str, Any]) -> dict[str, Any]:
        github = {"token": "token", "ref": ref, "run_id": self.runs, "event_name": "push"}
        github["repository"] = REPOSITORY
        github["ref_type"] = "tag" if ref.startswith("refs/tags/") else "branch"
        return {
            "vars": {"EXHIBIT": "small"},
            **context,
            "github": {**github, **context.get("github", {})},
        }

    def job(self, file: str, name: str, ref: str, context: dict[str, Any]) -> dict[str, str]:
        """Run one job in the project's folder; its outputs, or StepFailedError."""
        job = workflow(file)["jobs"][name]
        steps: dict[str, Any] = {}
        known = {**self._known(ref, context), "steps": steps}
        for folder in MADE:  # each job starts with what is checked out
            shutil.rmtree(self.project.folder / folder, ignore_errors=True)
        for step in job["steps"]:
            if not holds(step.get("if", ""), known):
                continue
            if "uses" in step:
                self._action(step["uses"].partition("@")[0], _filled(step.get("with", {}), known))
                continue
            output = self.folder / "output"
            output.write_text("")
            settings = {**job.get("env", {}), **step.get("env", {})}
            self._shell(file, name, step["run"], ref, _filled(settings, known), output)
            lines = (line.partition("=") for line in output.read_text().splitlines())
            steps[step.get("id", "")] = {"outputs": {key: value for key, _, value in lines}}
        return {key: filled(text, known) for key, text in job.get("outputs", {}).items()}

    def _shell(
        self, file: str, job: str, command: str, ref: str, given: dict[str, str], output: Path
    ) -> None:
        self.ran.add((file, job, command))
        if command.startswith("python -m pip install"):
            return  # the environment that runs the tests; see test_workflows.py
        if self.left_out and command.startswith(self.left_out):
            return
        given.pop("CHROMIUM", None)  # the runner's browser; here this machine's is taken
        environment = {
            **{
                name: os.environ[name]
                for name in ("HOME", "LANG", "OMP_NUM_THREADS", "SYSTEMROOT", "CHROMIUM")
                if name in os.environ
            },
            "PATH": os.pathsep.join(
                (str(self.programs), str(Path(sys.executable).parent), os.environ["PATH"])
            ),
            "GITHUB_REF": ref,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": f"http://127.0.0.1:{self.server.server_port}",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "PAGES_REMOTE": str(self.project.remote),  # the one thing that a workflow does not set
            "GIT_CONFIG_GLOBAL": os.devnull,
            **given,
        }
        done = subprocess.run(
            ["bash", "-e", "-c", command],
            cwd=self.project.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StepFailedError(command, done.stdout + done.stderr)

    def _action(self, action: str, inputs: dict[str, str]) -> None:
        here = self.project.folder
        if action == "actions/upload-artifact":
            place = self.folder / f"artifact-{self.runs}-{inputs['name']}"
            shutil.copytree(here / inputs["path"], place)
            run = {"id": self.runs, "repository_id": 1, "head_repository_id": 1}
            self.kept.append(
                {
                    "name": inputs["name"],
                    "expired": False,
                    "created_at": f"2026-01-01T00:00:{len(self.kept):02}Z",
                    "workflow_run": run,
                }
            )
        elif action == "actions/download-artifact":
            run_id = inputs.get("run-id") or str(self.runs)
            shutil.copytree(
                self.folder / f"artifact-{run_id}-{inputs['name']}", here / inputs["path"]
            )
        else:
            assert action in ("actions/checkout", "actions/setup-python", "actions/cache"), action


def _filled(inputs: dict[str, Any], known: dict[str, Any]) -> dict[str, str]:
    return {name: filled(str(text), known) for name, text in inputs.items()}
