"""URLs of motcua, in Vietnamese; each room brings its own."""

from django.urls import include, path

urlpatterns = [
    path("", include("motcua.people.urls")),
    path("", include("motcua.ui.urls")),
    path("", include("motcua.steering.urls")),
    path("", include("motcua.questions.urls")),
    path("", include("motcua.notices.urls")),  # before the acts on a dossier, which take any word
    path("", include("motcua.tickets.urls")),
    path("", include("motcua.dossiers.urls")),
    path("", include("motcua.catalogue.urls")),
    path("", include("motcua.scores.urls")),
]
