from django.urls import path

from .views import contact, listing, mine, notice, texts

urlpatterns = [
    path("tin-bao/", listing.show, name="notices"),
    path("tin-bao/gui-lai/", listing.again, name="notices-again"),
    path("tin-bao/duong-gui/<slug:channel>/", listing.reopen, name="notice-line"),
    path("tin-bao/cho-toi/", mine.show, name="my-notices"),
    path("tin-bao/moi/", mine.new, name="new-notices"),
    path("tin-bao/mau/", texts.index, name="notice-texts"),
    path("tin-bao/mau/<slug:kind>/<slug:channel>/", texts.edit, name="notice-text"),
    path("tin-bao/<int:key>/", notice.show, name="notice"),
    path("tin-bao/<int:key>/gui-lai/", notice.again, name="notice-again"),
    path("ho-so/<str:code>/tin-bao/", contact.told, name="dossier-notices"),
    path("ho-so/<str:code>/lien-he/", contact.change, name="contact"),
]
