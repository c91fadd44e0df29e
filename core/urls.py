from django.urls import path

from core.style import style_page

urlpatterns = [path("style", style_page, name="style")]
