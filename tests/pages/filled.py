"""A form as a browser would send it back: what a page shows is what the next request says."""

from __future__ import annotations

from html.parser import HTMLParser


class Filled(HTMLParser):
    """The fields of one form of a page, in their order, as name and value; buttons say nothing."""

    def __init__(self, page: str, form: str) -> None:
        super().__init__()
        self.form, self.inside = form, False
        self.pairs: list[list[str]] = []
        self.select: list[str] | None = None
        self.text: list[str] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = told.get("id") == self.form
        elif not self.inside or ("name" not in told and tag != "option"):
            return
        elif tag == "input":
            if told.get("type") != "checkbox" or "checked" in told:
                self.pairs.append([told["name"], told.get("value", "")])
        elif tag == "select":
            self.select = [told["name"], ""]
            self.pairs.append(self.select)
        elif tag == "option" and self.select is not None and "selected" in told:
            self.select[1] = told["value"]
        elif tag == "textarea":
            self.text = [told["name"], ""]
            self.pairs.append(self.text)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.text = None

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text[1] += data

    def data(self) -> dict[str, list[str]]:
        """What a browser would send."""
        found: dict[str, list[str]] = {}
        for name, value in self.pairs:
            found.setdefault(name, []).append(value)
        return found
