from django.urls import path

app_name = "organise"
urlpatterns: list = []
