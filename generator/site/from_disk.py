"""What a site needs besides, to work when its pages are opened by double click (offline.yml).

From a disk a browser runs plain scripts and shows pictures, and refuses the rest: to fetch a file,
to run a module, to start a worker from its file. So the build adds, beside what it makes anyway,

- each file that scripts read once more as a plain script that carries its bytes,
- all module scripts of the pages as one plain script,
- a plain script with the text of the two workers: the search's and the live page's.

Served, such a site takes the files, not what carries them.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, InclusionLevel

from generator.errors import GeneratorError
from generator.site.joined import plain_script

SCRIPTS = "assets/js"
JOINED, WORKERS = f"{SCRIPTS}/joined.js", f"{SCRIPTS}/workers.js"
LIVE = "live/worker.js"
SEARCH = "assets/javascripts/workers/search."  # how the address of the theme's begins
STARTS = "templates/workers.js"  # what takes the texts of the workers
SERVICE = "offline.js"  # the service worker: it keeps what a server gave


def wanted(config: MkDocsConfig) -> bool:
    """Whether the site is to open from a disk: whether the theme's plugin `offline` is on."""
    plugin = config.plugins.get("material/offline")
    return plugin is not None and bool(plugin.config.enabled)


def scripts(config: MkDocsConfig, files: Mapping[str, File]) -> Iterator[tuple[str, str]]:
    """The plain scripts in place of modules and workers, by address; pages will load these.

    Raises GeneratorError.
    """
    docs = Path(config.docs_dir)
    modules = [
        script.path
        for script in config.extra_javascript
        if isinstance(script, ExtraScriptValue) and script.type == "module"
    ]
    entries = [path.removeprefix(f"{SCRIPTS}/") for path in modules]
    yield JOINED, plain_script(docs / SCRIPTS, entries)
    texts = {f"{SCRIPTS}/{LIVE}": plain_script(docs / SCRIPTS, [LIVE])}
    for uri, file in files.items():
        if uri.startswith(SEARCH) and uri.endswith(".js"):
            texts[uri] = file.content_string
    if len(texts) < 2:
        raise GeneratorError(f"the theme has no script {SEARCH}*.js: its search can't be carried")
    yield WORKERS, f"const WORKERS = {json.dumps(texts)};\n" + (docs / STARTS).read_text("utf-8")


def arrange(config: MkDocsConfig, files: Mapping[str, File]) -> None:
    """Let every page load these scripts, and none from another host; no service worker."""
    kept = [
        script
        for script in config.extra_javascript
        if not (isinstance(script, ExtraScriptValue) and script.type == "module")
    ]
    plain = ExtraScriptValue(JOINED)
    plain.defer = True
    config.extra_javascript[:] = [*kept, plain]
    # The plugin has put a script of another host here, which starts workers in frames.
    config.extra["polyfills"] = [WORKERS]
    if SERVICE in files:
        files[SERVICE].inclusion = InclusionLevel.EXCLUDED


def carriers(made: dict[str, str | Path], read: Iterable[str]) -> Iterator[tuple[str, str]]:
    """For each file that scripts ``read``, the script that carries its bytes, by address."""
    for address in read:
        content = made[address]
        data = content.encode() if isinstance(content, str) else content.read_bytes()
        letters = base64.b64encode(data).decode("ascii")
        yield f"{address}.js", f'document.currentScript.carries = "{letters}";\n'
