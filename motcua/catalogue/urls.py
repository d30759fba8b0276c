from django.urls import path

from .views import cleaning, drawings, opendata, procedures, processes, remarks, tables

urlpatterns = [
    path("thu-tuc/", procedures.procedures, name="procedures"),
    path("lam-sach/", cleaning.index, name="cleaning"),
    path("lam-sach/ra/", cleaning.sweep, name="sweep"),
    path("lam-sach/diem-so/", cleaning.behind, name="cleaning-rows"),
    path("lam-sach/loi/", cleaning.flaws, name="flaws"),
    path("lam-sach/loi/<int:pk>/", cleaning.flaw, name="flaw"),
    path("lam-sach/bao-sai/", remarks.index, name="remarks"),
    path("lam-sach/bao-sai/<int:pk>/", remarks.one, name="remark"),
    path("thu-tuc/<str:code>/", procedures.procedure, name="procedure"),
    path("thu-tuc/<str:code>.jsonld", opendata.one, name="procedure-linked"),
    path("du-lieu-mo/", opendata.index, name="open-data"),
    path("du-lieu-mo/thu-tuc.<slug:kind>", opendata.whole, name="open-catalogue"),
    path("thu-tuc/<str:code>/bao-sai/", remarks.tell, name="remark-new"),
    path("bao-sai/<uuid:key>/", remarks.state, name="remark-state"),
    path("quy-trinh/", processes.index, name="processes"),
    path("quy-trinh/moi/", processes.new, name="process-new"),
    path("quy-trinh/nhap/", processes.upload, name="process-upload"),
    path("quy-trinh/nhap/<int:pk>/", processes.run, name="process-run"),
    path("quy-trinh/<int:pk>/", processes.show, name="process"),
    path("quy-trinh/<int:pk>/so-sanh/", processes.compare, name="process-compare"),
    path("quy-trinh/<int:pk>/tai/<slug:kind>/", processes.download, name="process-file"),
    path("quy-trinh/<int:pk>/du-thao/", processes.amend, name="process-amend"),
    path("quy-trinh/<int:pk>/bo/", processes.discard, name="process-discard"),
    path("quy-trinh/<int:pk>/cong-khai/", processes.publish, name="process-publish"),
    path("quy-trinh/<int:pk>/bang/", tables.edit, name="process-table"),
    path("quy-trinh/<int:pk>/ve/", drawings.edit, name="process-draw"),
]
