"""A Content-Security-Policy for a built site: the site's own files, and nothing else.

    python .github/scripts/policy.py site

prints the value of the header. The theme writes a few short scripts into each page; the policy
names them by their SHA-256, so it has to be made anew with every build. A page that needs more
than a policy of this kind allows is an error.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from html.parser import HTMLParser
from pathlib import Path

CODE = {"", "module", "text/javascript", "application/javascript"}  # other types are data


class Inline(HTMLParser):
    """The scripts and styles that stand in a page itself, and what no policy could allow."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.found: dict[str, set[str]] = {"script": set(), "style": set()}
        self.forbidden: list[str] = []
        self._inside: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes a script or style that begins here, and attributes that run code."""
        said = dict(attrs)
        for name, value in said.items():
            if name.startswith("on") or (value or "").strip().lower().startswith("javascript:"):
                self.forbidden.append(f'<{tag} {name}="{value}">')
        code = tag == "script" and "src" not in said and (said.get("type") or "") in CODE
        if code or tag == "style":
            self._inside, self._text = tag, ""

    def handle_data(self, data: str) -> None:
        """The text of a script or style."""
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        """Notes its hash."""
        if tag == self._inside:
            digest = hashlib.sha256(self._text.encode()).digest()
            self.found[tag].add(f"'sha256-{base64.b64encode(digest).decode()}'")
            self._inside = None


def policy(site: Path) -> str:
    """The value of the header for all pages of a site; ValueError where none would do."""
    scripts: set[str] = set()
    styles: set[str] = set()
    for path in sorted(site.rglob("*.html")):
        page = Inline()
        page.feed(path.read_text(encoding="utf-8"))
        if page.forbidden:
            raise ValueError(f"{path.relative_to(site)}: {page.forbidden[0]} runs code in the page")
        scripts |= page.found["script"]
        styles |= page.found["style"]
    rules = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *sorted(scripts)],
        "style-src-elem": ["'self'", *sorted(styles)],
        "style-src-attr": ["'unsafe-inline'"],  # sizes of figures, which differ from page to page
        "img-src": ["'self'", "data:"],  # the theme's icons
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(" ".join([name, *allowed]) for name, allowed in rules.items())


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("give the folder of a built site")
    try:
        print(policy(Path(sys.argv[1])))
    except ValueError as error:
        sys.exit(str(error))
