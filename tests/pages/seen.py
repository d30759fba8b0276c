"""A page as a reader meets it: its text, its links, its tags."""

from html.parser import HTMLParser

from django.http import HttpResponse
from django.test import Client


class Seen(HTMLParser):
    """The text of a page, its links and its tags."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def seen(client: Client, url: str, status: int = 200, **headers: str) -> Seen:
    response = client.get(url, headers=headers)
    assert response.status_code == status
    return Seen(response)
