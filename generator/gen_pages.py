"""The MkDocs entry: makes the store if it is cold, then hands the pages to MkDocs.

mkdocs-gen-files runs this file before every build, on every save under ``mkdocs serve``.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from mkdocs.exceptions import PluginError
from mkdocs_gen_files.editor import FilesEditor

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
# Read our own code afresh, so that a save under generator/ shows in the next rebuild.
for module in [name for name in sys.modules if name.split(".")[0] == "generator"]:
    del sys.modules[module]

from generator import pages, pipeline  # noqa: E402  (only now can it be found)
from generator.errors import GeneratorError  # noqa: E402


def publish(editor: FilesEditor) -> None:
    """All pages and figures, and the layer pages' place in the navigation."""
    config = editor.config
    store = pipeline.ensure_store()
    made = pages.render(store, Path(config.docs_dir), config.use_directory_urls)
    for uri, content in made.items():
        if isinstance(content, Path):
            with editor.open(uri, "wb") as target, content.open("rb") as source:
                shutil.copyfileobj(source, target)
        else:
            with editor.open(uri, "w") as page:
                page.write(content)
    manifest = pages.read(store)
    config.extra["lesson_version"] = manifest.versions.get("visualizing-cnns", "")
    if config.nav is not None:
        layers = {"Layers": pages.navigation(manifest)}
        config.nav = [config.nav[0], layers, *config.nav[1:]]  # after the lesson


try:
    publish(FilesEditor.current())
except GeneratorError as error:
    raise PluginError(str(error)) from error
