from django.urls import path

from .views import board, books, duties, heads, instruments, listing, par, plans, reports, targets, task

PAR = "dieu-hanh/cchc/"
SHEET = f"{PAR}<int:key>/<str:code>/"
HEADS = "dieu-hanh/nguoi-dung-dau/"
BOOK = "dieu-hanh/so/<slug:key>/"

urlpatterns = [
    path("dieu-hanh/", duties.show, name="steering"),
    path("dieu-hanh/bang/", board.show, name="board"),
    path("dieu-hanh/don-vi/<str:code>/", board.unit, name="steering-unit"),
    path("dieu-hanh/nhiem-vu/", listing.show, name="tasks"),
    path("dieu-hanh/nhiem-vu/moi/", instruments.give, name="give-alone"),
    path("dieu-hanh/nhiem-vu/don-doc/", task.urge, name="tasks-urge"),
    path("dieu-hanh/nhiem-vu/<int:key>/", task.show, name="task"),
    path("dieu-hanh/nhiem-vu/<int:key>/<slug:slug>/", task.do, name="task-deed"),
    path("dieu-hanh/tep/<int:key>/", task.attachment, name="attachment"),
    path("dieu-hanh/van-ban/", instruments.listed, name="directives"),
    path("dieu-hanh/van-ban/moi/", instruments.new, name="directive-new"),
    path("dieu-hanh/van-ban/<int:key>/", instruments.show, name="directive"),
    path("dieu-hanh/van-ban/<int:key>/giao/", instruments.give, name="give"),
    path("dieu-hanh/van-ban/<int:key>/nhap/", instruments.take_plan, name="take-plan"),
    path("dieu-hanh/ke-hoach/", plans.listed, name="plans"),
    path("dieu-hanh/bao-cao/", reports.listed, name="steering-reports"),
    path("dieu-hanh/bao-cao/<slug:kind>/<str:code>/<slug:period>/", reports.show, name="steering-report"),
    path("dieu-hanh/don-vi/<str:code>/don-doc/", reports.letter, name="urging-letter"),
    path("dieu-hanh/cong-van/<int:key>/", reports.letter_paper, name="letter-paper"),
    path("dieu-hanh/chi-tieu/", targets.listed, name="targets"),
    path("dieu-hanh/chi-tieu/moi/", targets.new, name="target-new"),
    path("dieu-hanh/chi-tieu/<int:key>/", targets.show, name="target"),
    path("dieu-hanh/phu-thuoc/", plans.dependencies, name="dependencies"),
    path("dieu-hanh/phu-thuoc/<int:key>/", plans.dependency, name="dependency"),
    path(PAR, par.index, name="par"),
    path(f"{PAR}bo-tieu-chi/", par.enter, name="par-enter"),
    path(f"{PAR}mo-dot/", par.open_, name="par-open"),
    path(f"{PAR}<int:key>/", par.round_, name="par-round"),
    path(f"{PAR}<int:key>/chuyen/", par.advance, name="par-advance"),
    path(f"{PAR}<int:key>/mat-diem/", par.lost, name="par-lost"),
    path(SHEET, par.sheet, name="par-sheet"),
    path(f"{SHEET}nop/", par.submit, name="par-submit"),
    path(f"{SHEET}so-lieu/", par.count, name="par-count"),
    path(f"{SHEET}khac-phuc/", par.correct, name="par-correct"),
    path(f"{SHEET}tieu-chi/<str:criterion>/", par.line, name="par-line"),
    path(HEADS, heads.index, name="heads"),
    path(f"{HEADS}<int:post>/<int:year>/", heads.show, name="head"),
    path("dieu-hanh/so/", books.index, name="books"),
    path(BOOK, books.show, name="book"),
    path(f"{BOOK}moi/", books.new, name="book-new"),
    path(f"{BOOK}bang/", books.table, name="book-table"),
    path(f"{BOOK}mau.csv", books.pattern, name="book-pattern"),
    path(f"{BOOK}ty-le/<slug:share>/<slug:side>/", books.share, name="book-share"),
    path(f"{BOOK}<int:pk>/", books.entry, name="book-entry"),
]
