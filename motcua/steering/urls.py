from django.urls import path

from .views import duties, par

PAR = "dieu-hanh/cchc/"
SHEET = f"{PAR}<int:key>/<str:code>/"

urlpatterns = [
    path("dieu-hanh/", duties.show, name="steering"),
    path(PAR, par.index, name="par"),
    path(f"{PAR}bo-tieu-chi/", par.enter, name="par-enter"),
    path(f"{PAR}mo-dot/", par.open_, name="par-open"),
    path(f"{PAR}<int:key>/", par.round_, name="par-round"),
    path(f"{PAR}<int:key>/chuyen/", par.advance, name="par-advance"),
    path(f"{PAR}<int:key>/mat-diem/", par.lost, name="par-lost"),
    path(SHEET, par.sheet, name="par-sheet"),
    path(f"{SHEET}nop/", par.submit, name="par-submit"),
    path(f"{SHEET}khac-phuc/", par.correct, name="par-correct"),
    path(f"{SHEET}tieu-chi/<str:criterion>/", par.line, name="par-line"),
]
