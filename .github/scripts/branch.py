"""The branch that the pages are served from, changed in one step or not at all.

Two releases may be published at once. Each fetches the branch, changes its own copy and pushes
that only if the branch is still what it fetched (`--force-with-lease`); if it is not, it fetches
again and repeats the change on top of what the other has published. So neither loses the
other's pages, whatever the order.

The branch holds a single commit: what is served, without its history, which would keep every
figure that was ever shown. The copy is a bare repository in a temporary folder; the repository
that the script runs in is not touched.
"""

from __future__ import annotations

import base64
import contextlib
import os
import random
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from mike import commands
from mike.git_utils import Commit, FileInfo, GitEmptyCommit
from mike.versions import Versions
from refusal import ROOT, RefusedError

BRANCH = "gh-pages"
REF = f"refs/heads/{BRANCH}"
TRIES = 10
WHO = ("Visualizing CNNs", "pages@visualizing-cnns.invalid")


class Pages:
    """A private copy of the branch; ``remote`` is the address that it is served from."""

    def __init__(self, remote: str, token: str | None = None) -> None:
        self._remote = remote
        self._settings = {"GIT_TERMINAL_PROMPT": "0", **_login(remote, token)}
        self._fetched = ""

    def change(self, message: str, edit: Callable[[Pages], None]) -> str:
        """Fetch, edit and publish, again from the start while others publish; the new commit.

        ``edit`` may run more than once, each time on the newest state of the branch.
        """
        with _workplace():
            self._git("init", "--quiet", "--bare")
            for attempt in range(TRIES):
                self._fetch()
                edit(self)
                commit = self._squash(message)
                if self._push(commit):
                    return commit
                time.sleep(random.uniform(0.2, 1.0) * (attempt + 1))
        raise RefusedError(
            f"{BRANCH}: others have published {TRIES} times in between; run this again"
        )

    def versions(self) -> Versions:
        """The versions that are published, as mike lists them."""
        return commands.list_versions(BRANCH)

    def sizes(self) -> dict[str, int]:
        """Bytes of each published version."""
        found: dict[str, int] = defaultdict(int)
        for line in self._git("ls-tree", "-r", "--long", REF).splitlines():
            details, _, path = line.partition("\t")
            found[path.split("/")[0]] += int(details.split()[3])
        return {str(info.version): found[str(info.version)] for info in self.versions()}

    def files(self, folder: str) -> list[str]:
        """Paths of all files below a folder of the branch."""
        listed = self._git("ls-tree", "-r", "-z", "--name-only", REF, "--", f"{folder}/")
        return [path for path in listed.split("\0") if path]

    def add(self, files: dict[str, str]) -> None:
        """Write text files, path by path."""
        with contextlib.suppress(GitEmptyCommit), Commit(BRANCH, "Add files") as commit:
            for path, text in files.items():
                commit.add_file(FileInfo(path, text))

    def _fetch(self) -> None:
        listed = self._git("ls-remote", "--", self._remote, REF)
        self._fetched = listed.split()[0] if listed.strip() else ""
        if self._fetched:
            self._git(
                *("fetch", "--quiet", "--depth=1", "--no-tags", "--force"),
                *("--", self._remote, f"{REF}:{REF}"),
            )
            # The branch may have moved between the two questions; what was fetched counts.
            self._fetched = self._git("rev-parse", REF).strip()
        else:
            self._git("update-ref", "-d", REF)

    def _squash(self, message: str) -> str:
        commit = self._git("commit-tree", f"{REF}^{{tree}}", "-m", message).strip()
        self._git("update-ref", REF, commit)
        return commit

    def _push(self, commit: str) -> bool:
        """False when somebody else was faster; RefusedError for any other reason."""
        done = self._run(
            *("push", "--quiet", "--porcelain", f"--force-with-lease={REF}:{self._fetched}"),
            *("--", self._remote, f"{commit}:{REF}"),
        )
        if done.returncode == 0:
            return True
        said = done.stdout + done.stderr
        # The lease is lost, or the other push holds the remote's lock at this very moment.
        if any(sign in said for sign in ("stale info", "fetch first", "cannot lock ref")):
            return False
        raise RefusedError(f"{BRANCH}: can't be pushed ({_last(said)})")

    def _git(self, *arguments: str) -> str:
        done = self._run(*arguments)
        if done.returncode:
            raise RefusedError(f"git {arguments[0]}: {_last(done.stderr)}")
        return done.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["git", *arguments],
            env={**os.environ, **self._settings},
            capture_output=True,
            text=True,
            check=False,
        )


@contextlib.contextmanager
def _workplace() -> Iterator[None]:
    """A folder of our own as the current one, as mike works where it stands; and a name."""
    for role in ("AUTHOR", "COMMITTER"):
        for part, value in zip(("NAME", "EMAIL"), WHO, strict=True):
            os.environ.setdefault(f"GIT_{role}_{part}", value)
    with tempfile.TemporaryDirectory(prefix="pages-") as folder, contextlib.chdir(folder):
        yield


def default_remote() -> str:
    """Where this repository is published from: in a workflow its own, else ``origin``."""
    named = os.environ.get("PAGES_REMOTE")
    if named:
        return named
    repository = os.environ.get("GITHUB_REPOSITORY")
    if repository:
        return f"{os.environ.get('GITHUB_SERVER_URL', 'https://github.com')}/{repository}.git"
    done = subprocess.run(
        ["git", "remote", "get-url", "origin"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RefusedError("there is no remote `origin`; name one with --remote")
    address = done.stdout.strip()
    local = "://" not in address and not Path(address).is_absolute() and ":" not in address
    return str((ROOT / address).resolve()) if local else address


def _login(remote: str, token: str | None) -> dict[str, str]:
    """The token as a header for this one host, in the environment, where no listing shows it."""
    parts = urlsplit(remote)
    if not token or parts.scheme not in ("http", "https"):
        return {}
    word = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.{parts.scheme}://{parts.netloc}/.extraheader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {word}",
    }


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal", "error", "!", "remote:"))]
    return (fatal or lines or ["git said nothing"])[0]
