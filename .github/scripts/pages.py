"""Publish a built site, or take one back.

    pages.py deploy SITE     publish a built site: dev from main, X.Y and latest from a tag
    pages.py latest X.Y      let `latest` and the site's beginning lead to that version again
    pages.py remove X.Y      take a version away; its pages then lead to the newest one

What is published lies on the branch `gh-pages`; branch.py says how it is changed, rules.py what
is called how and what is pruned. The site is published as it is: nothing is built here.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from branch import BRANCH, Pages, default_remote
from check_site import digest
from mike import commands
from mike.git_utils import GitEmptyCommit
from notes import gone, nothing_here
from refusal import RefusedError, run
from release import release_name, site_url
from rules import DEV, LATEST, moves_latest, pruned

REDIRECTS = commands.AliasType.redirect  # Pages refuses symbolic links
TEMPLATE = str(Path(__file__).with_name("redirect.html"))


def deploy(pages: Pages, site: Path, name: str, wanted: str | None = None) -> list[str]:
    """Publish the folder ``site`` as ``name``, prune, and give back what was pruned.

    ``wanted`` is the SHA-256 that the site had when it was tested; None where nobody tested it.
    Raises RefusedError.
    """
    if not (site / "index.html").is_file():
        raise RefusedError(f"{site}: holds no index.html; build it with `mkdocs build --strict`")
    found = digest(site)
    if wanted is not None and found != wanted:
        raise RefusedError(
            f"{site}: is not the site that was tested ({found}, tested {wanted or 'none'})"
        )
    built: Any = {"site_dir": str(site.resolve()), "use_directory_urls": True}
    went: list[str] = []

    def edit(now: Pages) -> None:
        published = [str(info.version) for info in now.versions()]
        aliases = [LATEST] if moves_latest(name, published) else []
        try:
            with commands.deploy(
                *(built, name, None, aliases, True, REDIRECTS, TEMPLATE),
                branch=BRANCH,
                message=f"Deploy {name}",
            ):
                pass  # mike would build here
        except GitEmptyCommit:
            pass  # the very same site is there already
        went[:] = pruned(now.sizes(), _latest(now))
        for version in went:
            withdraw(now, version)
        _begin(now)

    pages.change(f"Deploy {name}", edit)
    return went


def point(pages: Pages, version: str) -> None:
    """Let ``latest`` lead to ``version``."""

    def edit(now: Pages) -> None:
        _known(now, version)
        if _latest(now) != version:
            site: Any = {"use_directory_urls": True}
            made = (site, version, [LATEST], True, REDIRECTS, TEMPLATE)
            commands.alias(*made, branch=BRANCH, message=f"Let latest lead to {version}")
        _begin(now)

    pages.change(f"Let latest lead to {version}", edit)


def remove(pages: Pages, version: str) -> None:
    """Take a version away that is not the newest."""

    def edit(now: Pages) -> None:
        _known(now, version)
        if _latest(now) == version:
            raise RefusedError(f"{version}: is latest; let latest lead to another version first")
        withdraw(now, version)
        _begin(now)

    pages.change(f"Remove {version}", edit)


def withdraw(now: Pages, version: str) -> None:
    """Delete a version; each of its pages becomes a note that leads to the newest one."""
    old = [path for path in now.files(version) if path.endswith(".html")]
    commands.delete([version], branch=BRANCH, message=f"Remove {version}")
    target = LATEST if _latest(now) else DEV
    kept = set(now.files(target))
    notes = {}
    for path in old:
        inside = path.removeprefix(f"{version}/")
        same = f"{target}/{inside}" in kept
        depth = "../" * path.count("/")
        page = inside.removesuffix("index.html") if same else ""
        notes[path] = gone(version, f"{depth}{target}/{page}", same and bool(page))
    now.add(notes)


def _begin(now: Pages) -> None:
    """The site's root leads to the newest version, or to ``dev`` before the first release."""
    target = LATEST if _latest(now) else DEV
    try:
        commands.set_default(target, TEMPLATE, branch=BRANCH, message="Set the beginning")
    except GitEmptyCommit:
        pass
    except ValueError as error:
        raise RefusedError(f"nothing is published yet ({error})") from error
    address = site_url().rstrip("/")
    # The root answers for addresses of any depth, so only a full address leads home.
    now.add({"404.html": nothing_here(f"{address}/" if address else "")})


def _latest(now: Pages) -> str | None:
    found = now.versions().find(LATEST)
    return str(found[0]) if found else None


def _known(now: Pages, version: str) -> None:
    names = [str(info.version) for info in now.versions()]
    if version not in names:
        raise RefusedError(f"{version}: is not published; {', '.join(names) or 'nothing'} is")


def main() -> None:
    """Read the command line and do one of the three."""
    parser = argparse.ArgumentParser(
        prog="pages.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--remote",
        metavar="URL",
        help="repository to publish to (default: this one's origin; in a workflow its own)",
    )
    asked = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    one = asked.add_parser("deploy", help="publish a built site")
    one.add_argument("site", type=Path)
    one.add_argument(
        "--ref", help="refs/heads/main or refs/tags/vX.Y.Z (default: the environment's GITHUB_REF)"
    )
    one.add_argument(
        "--sha256",
        metavar="HEX",
        default=os.environ.get("SITE_SHA256"),
        help="refuse another site than the one that check_site.py has seen",
    )
    for name in ("latest", "remove"):
        asked.add_parser(name).add_argument("version", metavar="X.Y")
    options: Any = parser.parse_args(namespace=SimpleNamespace())
    pages = Pages(options.remote or default_remote(), os.environ.get("GITHUB_TOKEN"))
    if options.command == "deploy":
        name = release_name(options.ref)
        went = deploy(pages, options.site, name, options.sha256)
        print(f"published {name}" + (f"; pruned {', '.join(went)}" if went else ""))
    elif options.command == "latest":
        point(pages, options.version)
        print(f"latest leads to {options.version}")
    else:
        remove(pages, options.version)
        print(f"removed {options.version}")


if __name__ == "__main__":
    run(main)
