"""The guide to the fragments, page by page, with made-up data."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from . import guide


def show(request: HttpRequest, page: str = "") -> HttpResponse:
    if page not in guide.PAGES:
        raise Http404("Không có trang mẫu này")
    name = f"ui/guide_{page.replace('-', '_')}.html" if page else "ui/guide.html"
    return render(request, name, guide.context(page))
