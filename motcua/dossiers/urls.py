from django.urls import path

from .views import dossier, guidance, prints, reception, search, worklist

urlpatterns = [
    path("ban-lam-viec/", worklist.show, name="worklist"),
    path("tiep-nhan/", reception.counter, name="reception"),
    path("tiep-nhan/huong-dan/", guidance.show, name="guidance"),
    path("tiep-nhan/huong-dan/<int:key>/", guidance.sheet, name="guidance-sheet"),
    path("ho-so/", search.show, name="dossiers"),
    path("ho-so/<str:code>/", dossier.show, name="dossier"),
    path("ho-so/<str:code>/in/<slug:paper>/", reception.printed, name="print"),
    path("ho-so/<str:code>/phieu/<slug:slug>.pdf", prints.form, name="form"),
    path("ho-so/<str:code>/chuyen-xu-ly-<int:number>.pdf", prints.transfer, name="transfer"),
    path("so-theo-doi.pdf", prints.register, name="register"),
    path("ho-so/<str:code>/<slug:deed>/", dossier.act, name="deed"),
]
