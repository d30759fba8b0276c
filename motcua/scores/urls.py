from django.urls import path

from . import views
from .boards import views as boards
from .declaring import views as declaring
from .opening import views as opening
from .others import views as others
from .postal import views as postal
from .reconciling import views as reconciling
from .reports import views as reports
from .snapshots import views as snapshots

urlpatterns = [
    path("chi-so/", views.index, name="index"),
    path("chi-so/cong-bo/", snapshots.index, name="publications"),
    path("chi-so/cong-bo/<str:number>/", snapshots.show, name="publication"),
    path("chi-so/cong-bo/<str:number>/tep.json", snapshots.file, name="publication-file"),
    path("chi-so/cong-bo/<str:number>/thong-bao.pdf", snapshots.notice, name="publication-notice"),
    path("chi-so/cong-bo/<str:number>/so-sanh/", snapshots.compare, name="publication-compare"),
    path("chi-so/<str:unit>/", views.unit, name="unit-index"),
    path("chi-so/<str:unit>/dien-bien/", views.trend, name="index-trend"),
    path("chi-so/<str:unit>/theo/<slug:kind>/", views.parts, name="index-parts"),
    path("chi-so/<str:unit>/<str:indicator>/<slug:side>/", views.rows, name="index-rows"),
    path("bao-cao/", reports.index, name="reports"),
    path("bao-cao/da-gui/<int:pk>/", reports.sent, name="report-sent"),
    path("bao-cao/<slug:form>/<str:unit>/", reports.report, name="report"),
    path("bao-cao/da-gui/<int:pk>/cot/<int:no>/", reports.sent_rows, name="report-sent-rows"),
    path("bao-cao/ke-khai/<int:pk>/", reports.declared_paper, name="report-declared-paper"),
    path("bao-cao/<slug:form>/<str:unit>/ke-khai/", reports.declare, name="report-declare"),
    path("bao-cao/<slug:form>/<str:unit>/cot/<int:no>/", reports.rows, name="report-rows"),
    path("ke-khai/", declaring.index, name="declaring"),
    path("ke-khai/tep/<int:pk>/", declaring.paper, name="declared-paper"),
    path("ke-khai/<str:unit>/<str:indicator>/", declaring.declared, name="declared"),
    path("chi-so-khac/", others.index, name="other-indicators"),
    path("chi-so-khac/thoi-gian/<str:unit>/", others.paces, name="other-paces"),
    path("chi-so-khac/<str:key>/", others.indicator, name="other-indicator"),
    path("chi-so-khac/<str:key>/<str:where>/<slug:side>/", others.rows, name="other-rows"),
    path("doi-soat/", reconciling.index, name="reconciling"),
    path("doi-soat/qua-truc/", reconciling.ask, name="reconciling-ask"),
    path("doi-soat/qua-truc/tinh-hinh/", reconciling.state, name="reconciling-state"),
    path("doi-soat/<int:pk>/", reconciling.reconciliation, name="reconciliation"),
    path("buu-chinh/", postal.index, name="postal"),
    path("buu-chinh/dinh-muc/", postal.rates, name="postal-rates"),
    path("buu-chinh/dinh-muc/<int:pk>/", postal.rate, name="postal-rate"),
    path("buu-chinh/bien-ban/<int:pk>/", postal.sheet, name="postal-sheet"),
    path("buu-chinh/bien-ban/<int:pk>/viec/", postal.rows, name="postal-sheet-rows"),
    path("buu-chinh/bien-ban/<int:pk>/bien-ban.pdf", postal.paper, name="postal-sheet-paper"),
    path("buu-chinh/thang/<str:operator>/<str:month>/", postal.month, name="postal-month"),
    path("buu-chinh/thang/<str:operator>/<str:month>/<slug:activity>/", postal.done, name="postal-done"),
    path("bang-dieu-hanh/", boards.mine, name="leader-boards"),
    path("bang-dieu-hanh/<str:unit>/", boards.board, name="leader-board"),
    path("bang-dieu-hanh/<str:unit>/<slug:name>/", boards.rows, name="leader-board-rows"),
    path("cong-khai/", boards.public, name="public-board"),
    path("du-lieu-mo/so-lieu/", opening.index, name="open-figures"),
    path("du-lieu-mo/danh-muc.jsonld", opening.catalogue, name="open-dcat"),
    path("du-lieu-mo/so-lieu/<slug:slug>/<str:month>.<slug:kind>", opening.file, name="open-file"),
]
