from django.urls import path

from .views import batch, bulk, dossier, groups, guidance, hours, issuing, prints, reception, search, worklist

UNIT = "quan-tri/don-vi/<str:code>/"

urlpatterns = [
    path("ban-lam-viec/", worklist.show, name="worklist"),
    path("ban-lam-viec/nhieu/", bulk.act, name="bulk"),
    path("ban-lam-viec/xem/<str:code>/", dossier.peek, name="peek"),
    path("tiep-nhan/", reception.counter, name="reception"),
    path("tiep-nhan/danh-sach/", batch.show, name="batch"),
    path("tiep-nhan/danh-sach/mau.csv", batch.template, name="batch-template"),
    path("tiep-nhan/danh-sach/<uuid:lot>/<int:count>/", batch.done, name="batch-done"),
    path("tiep-nhan/huong-dan/", guidance.show, name="guidance"),
    path("tiep-nhan/huong-dan/<int:key>/", guidance.sheet, name="guidance-sheet"),
    path("ho-so/", search.show, name="dossiers"),
    path("ho-so/<str:code>/", dossier.show, name="dossier"),
    path("ho-so/<str:code>/in/<slug:paper>/", reception.printed, name="print"),
    path("ho-so/<str:code>/phieu/<slug:slug>.pdf", prints.form, name="form"),
    path("ho-so/<str:code>/chuyen-xu-ly-<int:number>.pdf", prints.transfer, name="transfer"),
    path("lien-thong/", groups.index, name="groups"),
    path("lien-thong/ho-so/", groups.cooperating, name="cooperation"),
    path("lien-thong/moi/", groups.open_, name="group_new"),
    path("lien-thong/<str:code>/", groups.show, name="group"),
    path("lien-thong/<str:code>/ghep/", groups.attach, name="group_attach"),
    path("so-theo-doi.pdf", prints.register, name="register"),
    path("ho-so/<str:code>/<slug:deed>/", dossier.act, name="deed"),
    path("cong-bo/quyet-dinh/<int:pk>/ban-hanh/", issuing.issue, name="announcement-issue"),
    path(f"{UNIT}gio-lam-viec/", hours.hours, name="unit-hours"),
    path(f"{UNIT}ngay/", hours.unit_day, name="unit-day"),
    path(f"{UNIT}bo-ngay/", hours.clear_day, name="clear-unit-day"),
]
