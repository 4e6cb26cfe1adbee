"""The three ways in which a reader works a page: with a mouse, a finger, or the keyboard alone."""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from browser.screens import PHONE

FAR = 600  # presses of Tab; a page whose next thing lies further away is out of reach
BEHIND = """e => Boolean(
    document.activeElement.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_PRECEDING
)"""


class Hand(Protocol):
    """What a reader does; ``settings`` are those of the browser."""

    settings: ClassVar[dict[str, Any]]

    def press(self, target: Any) -> None:
        """A button, a link or a box."""

    def write(self, field: Any, text: str) -> None:
        """Instead of what is in the field."""

    def end(self, page: Any) -> None:
        """To the end of the page."""


class Mouse:
    """A mouse and a wide screen."""

    settings: ClassVar[dict[str, Any]] = {}

    def press(self, target: Any) -> None:
        target.click()

    def write(self, field: Any, text: str) -> None:
        field.fill(text)

    def end(self, page: Any) -> None:
        page.mouse.move(600, 400)
        page.mouse.wheel(0, 1_000_000)


class Finger:
    """A finger on a phone."""

    settings: ClassVar[dict[str, Any]] = {"size": PHONE, "has_touch": True, "is_mobile": True}

    def press(self, target: Any) -> None:
        target.tap()

    def write(self, field: Any, text: str) -> None:
        field.tap()
        field.fill("")
        field.page.keyboard.insert_text(text)

    def end(self, page: Any) -> None:
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")


class Keys:
    """Keys and nothing else: what has the focus got it from Tab, never from a script."""

    settings: ClassVar[dict[str, Any]] = {}

    def reach(self, target: Any) -> None:
        """Moves the focus there; AssertionError where Tab does not lead to it."""
        element, keyboard = target.element_handle(), target.page.keyboard
        key = "Shift+Tab" if element.evaluate(BEHIND) else "Tab"
        for _ in range(FAR):
            if element.evaluate("e => e === document.activeElement"):
                return
            keyboard.press(key)
        raise AssertionError(f"Tab does not lead to {target}")

    def press(self, target: Any) -> None:
        self.reach(target)
        target.page.keyboard.press("Enter")

    def write(self, field: Any, text: str) -> None:
        self.reach(field)
        field.page.keyboard.press("Control+A")
        field.page.keyboard.type(text)

    def end(self, page: Any) -> None:
        page.keyboard.press("End")
