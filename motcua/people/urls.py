from django.urls import path

from .views import changes, frame, officers, serving, signing, units

STAFF = "quan-tri/"
UNIT = f"{STAFF}don-vi/<str:code>/"
OFFICER = f"{STAFF}can-bo/<str:username>/"

urlpatterns = [
    path("", frame.home, name="home"),
    path("dang-nhap/", signing.SignIn.as_view(), name="sign-in"),
    path("dang-xuat/", signing.SignOut.as_view(), name="sign-out"),
    path("tai-khoan/", officers.own, name="account"),
    path("tai-khoan/mat-khau/", signing.ChangePassword.as_view(), name="change-password"),
    path("chon-mat-khau/<uidb64>/<token>/", signing.ChoosePassword.as_view(), name="choose-password"),
    path(STAFF, units.tree, name="units"),
    path(UNIT, units.show, name="unit"),
    path(f"{UNIT}thanh-lap/", units.establish, name="establish"),
    path(f"{UNIT}cham-dut/", units.close, name="close-unit"),
    path(f"{UNIT}bo-tri/", units.appoint, name="appoint"),
    path(f"{UNIT}cap-tai-khoan/", officers.register, name="register-officer"),
    path(f"{STAFF}vi-tri/<int:key>/thoi-giu/", units.end_post, name="end-post"),
    path(f"{UNIT}giao-mot-cua/", serving.give, name="give-desk"),
    path(f"{STAFF}giao-mot-cua/<int:key>/thoi/", serving.end, name="end-desk"),
    path(f"{STAFF}can-bo/", officers.listed, name="officers"),
    path(OFFICER, officers.show, name="officer"),
    path(f"{OFFICER}dat-lai-mat-khau/", officers.reset, name="reset-password"),
    path(f"{OFFICER}ngung/", officers.disable, name="disable"),
    path(f"{OFFICER}dung-lai/", officers.enable, name="enable"),
    path(f"{STAFF}nhat-ky/", changes.show, name="changes"),
]
