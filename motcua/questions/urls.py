from django.urls import path

from .views import listing, question

urlpatterns = [
    path("giai-trinh/", listing.show, name="questions"),
    path("giai-trinh/<int:key>/", question.show, name="question"),
    path("ho-so/<str:code>/giai-trinh/", question.of_dossier, name="dossier-questions"),
]
