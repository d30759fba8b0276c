"""Where the guide stands."""

from django.urls import path

from . import views

urlpatterns = [
    path("giao-dien/", views.show, name="guide"),
    path("giao-dien/<slug:page>/", views.show, name="guide-page"),
]
