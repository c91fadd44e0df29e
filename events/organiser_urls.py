from django.urls import path

from accounts import invitation_views, team_views
from events import code_views, editor_views, tax_views
from events import organiser_views as views

urlpatterns = [
    path("events/new", editor_views.create, name="create"),
    path("events/<slug:slug>", views.overview, name="event"),
    path("events/<slug:slug>/edit", editor_views.edit, name="edit"),
    path("events/<slug:slug>/duplicate", views.duplicate, name="duplicate"),
    path("events/<slug:slug>/publish", views.publish, name="publish"),
    path("events/<slug:slug>/postpone", views.postpone, name="postpone"),
    path("events/<slug:slug>/cancel", views.cancel, name="cancel"),
    path("events/<slug:slug>/delete", views.delete, name="delete"),
    path("events/<slug:slug>/codes", code_views.codes, name="codes"),
    path("events/<slug:slug>/codes.csv", code_views.codes_file, name="codes_file"),
    path("events/<slug:slug>/codes/new", code_views.create, name="new_code"),
    path("events/<slug:slug>/codes/many", code_views.create_many, name="many_codes"),
    path("events/<slug:slug>/codes/<uuid:pk>", code_views.edit, name="edit_code"),
    path("events/<slug:slug>/codes/<uuid:pk>/switch", code_views.switch, name="switch_code"),
    path("teams/<uuid:pk>/tax", tax_views.tax, name="tax"),
    path("teams/new", team_views.create, name="new_team"),
    path("teams/<uuid:pk>", team_views.team, name="team"),
    path("teams/<uuid:pk>/invitations/<uuid:invitation>/resend", team_views.resend, name="resend_invitation"),
    path("teams/<uuid:pk>/invitations/<uuid:invitation>/withdraw", team_views.withdraw, name="withdraw_invitation"),
    path("invitations/<uuid:pk>", invitation_views.answer, name="invitation"),
    path("invitations/<str:token>", invitation_views.follow, name="invitation_link"),
    path("teams/<uuid:pk>/members/<uuid:member>/role", team_views.change_role, name="change_role"),
    path("teams/<uuid:pk>/members/<uuid:member>/remove", team_views.remove, name="remove_member"),
]
