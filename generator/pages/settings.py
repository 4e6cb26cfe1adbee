"""The settings of an exhibit as a table, for maintainers."""

from __future__ import annotations

from markupsafe import Markup

from generator.exhibit import KINDS, settings
from generator.pages.page import Page


class Settings(Page):
    """What the program says of its own settings."""

    def settings_table(self) -> Markup:
        """Every setting: its key in an exhibit, its option, what it is, and without it what."""
        rows = ["| in an exhibit | option | what it is | left out |", "| --- | --- | --- | --- |"]
        for name, field in settings().items():
            key = Markup("`{}`, {}").format(name, KINDS[field.kind])
            otherwise = "must be given" if field.required else field.otherwise
            cells = (key, f"`{field.option}`", field.setting.help, otherwise)
            rows.append(Markup("| {} |").format(Markup(" | ").join(cells)))
        return Markup("\n").join(map(Markup, rows))
