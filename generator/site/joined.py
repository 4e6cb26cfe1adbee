"""Module scripts joined into one plain script, as a page needs it that is opened by double click.

Browsers refuse modules from a disk. Ours import and export in few forms, each on a line of its own
(``FORMS``); another is refused by name. Each module becomes a function that is called once, when
it is first asked for, and gives what the module exports.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from generator.errors import GeneratorError

IMPORT = re.compile(
    r"^import (?:\{ (?P<names>[\w$]+(?:, [\w$]+)*) \}|\* as (?P<whole>[\w$]+))"
    r' from "(?P<path>\.{1,2}/[^"]+)";$',
    re.MULTILINE,
)
LATER = re.compile(r'\bawait import\("(?P<path>\.{1,2}/[^"]+)"\)')
EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function|class|const) (?P<name>[\w$]+))", re.MULTILINE
)
OWN_ADDRESS = "import.meta.url"
REST = re.compile(r"^(?:import|export)\b.*|\bawait import\(.*|\bimport\.meta\b.*", re.MULTILINE)
FORMS = (
    '`import { a, b } from "./c.js";`, `import * as a from "./c.js";`, `await import("./c.js")`, '
    "`export` before a function, class or const, and `import.meta.url`"
)

PLAIN = """\
(() => {
  "use strict";
  // Where the modules lay; a worker has no document, and asks for no address.
  const $base = globalThis.document && new URL(".", document.currentScript.src).href;
  const modules = %(modules)s;
  const made = new Map();
  function $use(name) {
    if (!made.has(name)) made.set(name, modules[name]());
    return made.get(name);
  }
  for (const name of %(entries)s) {
    try {
      $use(name);
    } catch (error) {
      reportError(error); // the others go on, as modules do
    }
  }
})();
"""


def plain_script(folder: Path, entries: Iterable[str]) -> str:
    """One plain script that does what the modules ``entries`` do, in their order.

    They lie in ``folder``, as the script will; names are paths in it. Raises GeneratorError for a
    module that isn't there, a circle of imports, and a form of import or export that is not known.
    """
    entries = list(entries)
    bodies: dict[str, str] = {}
    for name in entries:
        _gather(folder, name, bodies, ())
    functions = (f"{json.dumps(name)}: () => {{\n{body}\n}}" for name, body in bodies.items())
    modules = "{\n" + ",\n".join(functions) + "\n}"
    return PLAIN % {"modules": modules, "entries": json.dumps(entries)}


def _gather(folder: Path, name: str, bodies: dict[str, str], above: tuple[str, ...]) -> None:
    """Add a module, and those that it imports, to ``bodies``."""
    if name in above:
        raise GeneratorError(f"{folder / name}: imports itself by way of {' and '.join(above)}")
    if name in bodies:
        return
    try:
        text = (folder / name).read_text(encoding="utf-8")
    except OSError as error:
        by = f", which {above[-1]} imports," if above else ""
        raise GeneratorError(f"{folder / name}: this script{by} can't be read ({error})") from error

    def place(match: re.Match[str]) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(name), match["path"]))

    for match in (*IMPORT.finditer(text), *LATER.finditer(text)):
        _gather(folder, place(match), bodies, (*above, name))
    exported = [match["name"] for match in EXPORT.finditer(text)]
    text = IMPORT.sub(
        lambda match: f"const {_taken(match)} = $use({json.dumps(place(match))});", text
    )
    text = LATER.sub(lambda match: f"$use({json.dumps(place(match))})", text)
    text = EXPORT.sub("", text).replace(OWN_ADDRESS, f"new URL({json.dumps(name)}, $base).href")
    if rest := REST.search(text):
        raise GeneratorError(
            f"{folder / name}: `{rest[0].strip()}` can't be joined with other scripts; "
            f"what can be: {FORMS}"
        )
    bodies[name] = f"{text}\nreturn {{ {', '.join(exported)} }};"


def _taken(match: re.Match[str]) -> str:
    return match["whole"] or f"{{ {match['names']} }}"
