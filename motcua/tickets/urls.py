from django.urls import path

from . import views

urlpatterns = [
    path("goi-so/", views.calling, name="calling"),
    path("lay-so/", views.desks, name="ticket-desks"),
    path("lay-so/<str:code>/", views.kiosk, name="kiosk"),
    path("so/<uuid:key>/", views.ticket, name="ticket"),
    path("man-hinh/<str:code>/", views.screen, name="screen"),
]
