"""The MkDocs entry: makes the store if it is cold, then hands the pages to MkDocs.

mkdocs-gen-files runs this file before every build, on every save under ``mkdocs serve``. What a
save does not change is kept: our modules, the manifest as read, the templates as compiled.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from mike.mkdocs_utils import docs_version_var
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.plugins import get_plugin_logger
from mkdocs.structure.files import File, InclusionLevel
from mkdocs.utils import is_markdown_file
from mkdocs_gen_files.editor import FilesEditor

log = get_plugin_logger("generator")
ROOT = Path(__file__).resolve().parents[2]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

command = click.get_current_context(silent=True)
SERVING = command is not None and command.info_name == "serve"
if SERVING:
    # generator/ is watched: what Python writes there must not look like a save.
    sys.dont_write_bytecode = True
loaded = sys.modules.get("generator.site.fresh")
if loaded is None or (changed := loaded.changed_sources()):
    if loaded is not None:
        log.info(f"generator/ has changed ({', '.join(changed)}); its code is read afresh")
    if (before := sys.modules.get("generator.site.preview")) is not None:
        before.forget()
    for module in [name for name in sys.modules if name.split(".")[0] == "generator"]:
        del sys.modules[module]

from generator import pages, pipeline  # noqa: E402
from generator.errors import GeneratorError  # noqa: E402
from generator.pages import draft  # noqa: E402
from generator.site import fresh, from_disk, preview  # noqa: E402, F401  (fresh: next build)


def _file(config: MkDocsConfig, uri: str, content: str | Path) -> File:
    """What MkDocs is to make of a page or a figure; a preview leaves out what it did before."""
    if isinstance(content, str) and (is_markdown_file(uri) or not SERVING):
        kind = preview.Source if SERVING else File
        return kind.generated(config, uri, content=content)
    path = content if isinstance(content, Path) else preview.on_disk(uri, content)
    kind = preview.Linked if SERVING else File
    return kind.generated(config, uri, abs_src_path=str(path))


def _publish_draft(editor: FilesEditor, store: Path) -> None:
    """The few pages of a draft in place of all others, which rest on what was measured."""
    config = editor.config
    for uri, file in editor._files.items():
        if is_markdown_file(uri):
            file.inclusion = InclusionLevel.EXCLUDED
    made = draft.draft_pages(store, Path(config.docs_dir), config.use_directory_urls)
    for uri, content in made.items():
        editor._files[uri] = _file(config, uri, content)
    config.nav = draft.draft_navigation(store)


def _hide_versions(config: MkDocsConfig) -> None:
    """No list of versions in a site that lies alone: only mike puts others beside it."""
    mike = config.plugins.get("mike")
    if mike is not None and docs_version_var not in os.environ:
        mike.config["version_selector"] = False


def publish(editor: FilesEditor) -> None:
    """All pages and figures, and the layer pages' place in the navigation."""
    config = editor.config
    _hide_versions(config)
    store = pipeline.ensure_store()
    disk = from_disk.wanted(config)
    if disk:
        for uri, script in dict(from_disk.scripts(config, editor._files)).items():
            editor._files[uri] = _file(config, uri, script)
        from_disk.arrange(config, editor._files)
    config.extra["draft"] = draft.holds_draft(store)
    if config.extra["draft"]:
        _publish_draft(editor, store)
        return
    made = pages.render(store, Path(config.docs_dir), config.use_directory_urls, disk)
    manifest = pages.load_manifest(store)
    if disk:
        made |= from_disk.carriers(made, pages.read_by_scripts(manifest))
    for uri, content in made.items():
        # Not editor.open(), which would have every file written once more.
        editor._files[uri] = _file(config, uri, content)
    config.extra["lesson_version"] = manifest.versions.get("visualizing-cnns", "")
    if config.nav is not None:
        layers = {"Layers": pages.navigation(manifest)}
        config.nav = [config.nav[0], layers, *config.nav[1:]]  # after the lesson


try:
    publish(FilesEditor.current())
except GeneratorError as error:
    raise PluginError(str(error)) from error
