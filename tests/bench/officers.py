"""What forty officers do all day, for locust (`./run bench load`): they know the pages only by what these say.

Environment: OFFICERS, a JSON list of user names; PASSWORD, that of all of them. Somebody who was faster is no error:
the page then says so (409), and that is counted by itself.
"""

from __future__ import annotations

import json
import os
import random
import re
from html.parser import HTMLParser
from itertools import cycle
from typing import Any

from locust import HttpUser, between, task
from locust.exception import StopUser

PEOPLE = cycle(json.loads(os.environ.get("OFFICERS", "[]")))
PASSWORD = os.environ.get("PASSWORD", "")
LISTS = ("", "qua-han", "hom-nay", "tuan-nay", "tiep-nhan", "cho-tra", "cua-toi")
NAMES = ("Nông Thị", "Hoàng Văn", "Lý", "Triệu Thị Hoa", "Bế", "Đàm Văn Nam", "Nguyễn")
MATTERS = ("chung thuc", "dat dai", "kinh doanh", "ho tich", "giay phep", "xac nhan")
SAID = {
    "reason": "Theo quy định.",
    "content": "Đồng ý.",
    "summary": "Đủ điều kiện.",
    "number": "12/KQ",
    "note": "",
    "name": "Nông Thị Mẫu",
    "amount": "20000",
}
ROW = re.compile(r'href="(/ho-so/[^"/]+/[a-z-]+/\?[^"]*)"')
DOSSIER = re.compile(r'href="(/ho-so/[^"/]+-[^"/]+/)"')
NEXT = re.compile(r'href="([^"]*[?&;]sau=[^"]*)"')


class Forms(HTMLParser):
    """The forms of a page, each as the fields a browser would send, and the choices of each field."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, list[str]]] = []
        self.choices: dict[str, list[str]] = {}
        self._select = self._text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said: dict[str, str] = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append({})
        if not self.forms:
            return
        name, value = said.get("name", ""), said.get("value", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self.choices.setdefault(self._select, []).append(value)
            if "selected" in said:
                self.forms[-1][self._select] = [value]
        elif tag == "textarea":
            self._text = name
            self.forms[-1].setdefault(name, [""])
        elif tag == "input" and said.get("type") in ("radio", "checkbox"):
            self.choices.setdefault(name, []).append(value)
            if "checked" in said:
                self.forms[-1].setdefault(name, []).append(value)
        elif tag == "input" and name:
            self.forms[-1].setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            known = self.choices.get(self._select, [])
            if known and self.forms:
                self.forms[-1].setdefault(self._select, [known[0]])
            self._select = ""
        elif tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            self.forms[-1][self._text] = [data.strip()]

    def filled(self, having: str) -> dict[str, list[str]]:
        """The form that has this field, whatever must be said in it said."""
        form = next((form for form in self.forms if having in form), {})
        for name, known in self.choices.items():
            meant = [value for value in known if value]
            if meant and not any(form.get(name, [])) and name not in ("vneid", "paid"):
                form[name] = meant if name == "items" else meant[:1]
        for name, said in SAID.items():
            if form.get(name) == [""]:
                form[name] = [said]
        return form


class Officer(HttpUser):
    """One officer at a desk: mostly the worklist and what is next, now and then a search or a citizen."""

    wait_time = between(1, 5)

    def on_start(self) -> None:
        self.client.headers["Accept-Language"] = "vi"
        self.receives = True
        form = Forms(self.client.get("/dang-nhap/", name="sign-in page").text).filled("username")
        form |= {"username": [next(PEOPLE)], "password": [PASSWORD]}
        headers = {"Referer": f"{self.host}/dang-nhap/"}
        answer = self.client.post("/dang-nhap/", form, headers=headers, name="sign in")
        if "sessionid" not in self.client.cookies:
            raise StopUser(f"not signed in: {answer.status_code}")

    @task(6)
    def do_what_is_next(self) -> None:
        page = self.client.get("/ban-lam-viec/", name="worklist").text
        if not (found := ROW.findall(page)):
            return
        self.deed(random.choice(found).replace("&amp;", "&"))

    @task(3)
    def look_around(self) -> None:
        page = self.client.get(f"/ban-lam-viec/?loc={random.choice(LISTS)}", name="worklist, one list").text
        if onward := NEXT.findall(page):
            url = "/ban-lam-viec/" + onward[0].replace("&amp;", "&").split("/")[-1]
            page = self.client.get(url, name="worklist, next page").text
        self.open_one(page)

    @task(2)
    def search(self) -> None:
        said = {"q": random.choice(NAMES)}
        self.open_one(self.client.get("/ho-so/", params=said, name="search").text)

    @task(1)
    def read_a_procedure(self) -> None:
        page = self.client.get("/thu-tuc/", params={"q": random.choice(MATTERS)}, name="procedures").text
        if found := re.findall(r'href="(/thu-tuc/[^"/?]+/)"', page):
            self.client.get(random.choice(found), name="procedure")

    @task(3)
    def receive(self) -> None:
        if not self.receives:
            return
        with self.client.get("/tiep-nhan/", name="counter", catch_response=True) as answer:
            if answer.status_code == 403:
                self.receives = False
                answer.request_meta["name"] = "counter, of somebody else"
                answer.success()
                return
            page = answer.text
        form = Forms(page).filled("request_id")
        asked = form | {"do": ["tim"], "tim": [random.choice(MATTERS)]}
        headers = {"HX-Request": "true", "Referer": f"{self.host}/tiep-nhan/"}
        found = self.client.post("/tiep-nhan/", asked, headers=headers, name="counter, find procedure").text
        codes = re.findall(r'name="procedure"\s+value="([^"]+)"', found)
        if codes:
            self.take(form, random.choice(codes))

    def take(self, form: dict[str, list[str]], code: str) -> None:
        """Choose the procedure, then receive; what the procedure asks further is answered with its first choice."""
        headers = {"Referer": f"{self.host}/tiep-nhan/"}
        wanted = form | {"procedure": [code], "do": ["xem"]}
        page = self.client.post("/tiep-nhan/", wanted, headers=headers, name="counter, choose").text
        filled = Forms(page).filled("request_id") | {"procedure": [code], "do": ["nhan"]}
        with self.client.post(
            "/tiep-nhan/", filled, headers=headers, name="counter, receive", catch_response=True
        ) as answer:
            if "/in/" not in answer.url:
                answer.failure(f"not received: {_why(answer)}")
                return
        code = answer.url.split("/ho-so/")[1].split("/")[0]
        self.client.get(f"/ho-so/{code}/phieu/01.pdf", name="form 01")

    def open_one(self, page: str) -> None:
        if found := DOSSIER.findall(page):
            with self.client.get(random.choice(found), name="dossier", catch_response=True) as answer:
                if answer.status_code == 403:  # the list of a figure names dossiers of others too
                    answer.success()

    def deed(self, url: str) -> None:
        """Open the form of a deed and send it."""
        page = self.client.get(url, name="deed, form").text
        form = Forms(page).filled("ve")
        if "csrfmiddlewaretoken" not in form:  # it may not be done now, and the page says why
            return
        headers = {"Referer": f"{self.host}{url}"}
        with self.client.post(url, form, headers=headers, name="deed, done", catch_response=True) as answer:
            if answer.status_code == 409:
                answer.request_meta["name"] = "deed, somebody was faster or the law forbids"
                answer.success()
            elif answer.status_code == 200 and "Đã ghi:" not in answer.text:
                answer.failure(f"{url.split('/')[3]} not done: {_why(answer)}")


def _why(answer: Any) -> str:
    wrong = re.findall(r'class="field-error".*?>(.*?)</ul>', answer.text, flags=re.DOTALL)
    told = [" ".join(re.sub(r"<[^>]+>", "", each).split()) for each in wrong]
    return f"{answer.status_code} {'; '.join(told)[:120]}"
