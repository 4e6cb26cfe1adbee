"""Walk a built site: does all that it points to exist? `check_site.py SITE`.

Every address on every page that points into the site must name a file of it, with its anchor
(where the site is to be published is read from its own canonical links); nothing may be loaded
from another host; every picture needs words for those who can't see it and the size that keeps the
page still. The page for what is not found is shown at any path, so it must be there, bring its own
style, load nothing, and lead only to full addresses. A site of a draft, in which nothing was
tested, is not for publishing.
Prints the site's SHA-256, by which a later step knows that it has the site that was tested.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from refusal import RefusedError, run, tell

HOST = "http://site.test"
LOST = "404.html"  # what a host shows for an address that leads nowhere
IN_STYLE = re.compile(r"""(?:url\(\s*|@import\s+)['"]?([^)'"\s]+)""")


@dataclass
class Page(HTMLParser):
    """One built page: what it links to and loads, its ids, its images and its own style."""

    path: Path
    links: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    images: list[dict[str, str | None]] = field(default_factory=list)
    canonical: str = ""
    draft: bool = False
    style: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element points to."""
        said = dict(attrs)
        self.ids |= {value for name in ("id", "name") if (value := said.get(name))}
        if href := said.get("href"):
            outward = tag == "a" or said.get("rel") in ("canonical", "next", "prev", "alternate")
            (self.links if outward else self.loaded).append(href)
        if tag == "link" and said.get("rel") == "canonical":
            self.canonical = said.get("href") or ""
        if tag == "meta" and said.get("name") == "lesson":
            self.draft = said.get("content") == "draft"
        if src := said.get("src"):
            self.loaded.append(src)
        self.loaded += IN_STYLE.findall(said.get("style") or "")
        if srcset := said.get("srcset"):
            self.loaded += [part.split()[0] for part in srcset.split(",")]
        if tag == "img":
            self.images.append(said)

    def handle_data(self, data: str) -> None:
        """Note the page's own style, and what that loads."""
        if self.cdata_elem == "style":
            self.style += data
            self.loaded += IN_STYLE.findall(data)


def faults(site: Path) -> Iterator[str]:
    """Everything that is wrong with a site, a line each."""
    built = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    base = urlsplit(built[site / "index.html"].canonical).path or "/"
    for path, page in built.items():
        name = path.relative_to(site).as_posix()
        if page.draft:
            yield f"{name}: is a draft; make the figures without `draft` before publishing"
        for address in page.loaded:
            if urlsplit(address).netloc:
                yield f"{name}: loads {address} from another host"
        for address in [*page.links, *page.loaded]:
            parts = urlsplit(urljoin(f"{HOST}{base}{name}", address))
            inside = f"{parts.scheme}://{parts.netloc}" == HOST and parts.path.startswith(base)
            if inside and not _leads(site, built, parts.path.removeprefix(base), parts.fragment):
                yield f"{name}: {address} leads nowhere"
        for image in page.images:
            source = image.get("src") or ""
            if image.get("alt") is None:
                yield f"{name}: a picture without words ({source})"
            elif not (image.get("width") and image.get("height")) and "logo" not in source:
                yield f"{name}: a picture without a size ({source})"
    yield from _lost(built.get(site / LOST))


def _lost(page: Page | None) -> Iterator[str]:
    """What would be wrong with the page for what is not found, at any path that it is shown at."""
    if page is None:
        yield f"{LOST}: is missing; readers of an address that is gone would see the host's own"
        return
    anywhere = "it is shown at any path"
    if not page.style.strip():
        yield f"{LOST}: has no style of its own; {anywhere}, so it can't load one"
    for address in page.loaded:
        parts = urlsplit(address)
        if parts.scheme != "data" and not parts.netloc:
            yield f"{LOST}: loads {address}; {anywhere}, so it may load nothing"
    for address in page.links:
        if not urlsplit(address).scheme and not address.startswith("#"):
            yield f"{LOST}: leads to {address}; {anywhere}, so only a full address leads there"


def _leads(site: Path, built: dict[Path, Page], path: str, fragment: str) -> bool:
    target = site / unquote(path)
    target = target / "index.html" if target.is_dir() else target
    if not target.is_file():
        return False
    return not fragment or target not in built or unquote(fragment) in built[target].ids


def digest(site: Path) -> str:
    """SHA-256 over the names and contents of all files of a site."""
    whole = hashlib.sha256()
    for path in sorted(path for path in site.rglob("*") if path.is_file()):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{path.relative_to(site).as_posix()}\0{content}\n".encode())
    return whole.hexdigest()


def main() -> None:
    """Check the site that is named."""
    if len(sys.argv) != 2 or not Path(sys.argv[1], "index.html").is_file():
        raise RefusedError("name the folder of a built site, as `check_site.py site`")
    site = Path(sys.argv[1])
    found = list(faults(site))
    for line in found[:20]:
        print(line, file=sys.stderr)
    if found:
        raise RefusedError(f"{site}: {len(found)} faults")
    tell(sha256=digest(site))


if __name__ == "__main__":
    run(main)
