from django.urls import path

from .views import duties

urlpatterns = [
    path("dieu-hanh/", duties.show, name="steering"),
]
