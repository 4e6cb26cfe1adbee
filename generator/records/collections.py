"""What is known of images: whose they are, and which took no part."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """A file that took no part, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Credit:
    """Who made a photograph, under which terms it may be shown, and where it is found.

    No two photographs of a collection have the same ``title``. ``photograph`` is what the
    figures call it, empty where that is the title.
    """

    title: str
    author: str
    licence: str
    address: str = ""  # in a store from before this was written down
    photograph: str = ""

    @property
    def name(self) -> str:
        """What the figures call the photograph."""
        return self.photograph or self.title
