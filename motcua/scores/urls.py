from django.urls import path

from . import views

urlpatterns = [
    path("chi-so/", views.index, name="index"),
    path("chi-so/<str:unit>/", views.unit, name="unit-index"),
    path("chi-so/<str:unit>/<str:indicator>/<slug:side>/", views.rows, name="index-rows"),
]
