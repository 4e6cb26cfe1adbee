"""What the scripts of the pages say, in the language that is spoken, as a script that they find."""

from __future__ import annotations

import json

from generator.language import english, spoken
from generator.language.catalogue import catalogue

SAID = "assets/said.js"  # its address in the site; docs/assets/js/say.js looks things up in it


def said_script() -> str:
    """A plain script with all that the modules say, and the signs in numbers; none for English."""
    if english():
        return ""
    own = catalogue(spoken())
    said = {
        "language": spoken(),
        "signs": own.written_signs(),
        "sentences": own.scripts(),
        "words": own.words("name"),
    }
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f"globalThis.SAID = {text};\n"
