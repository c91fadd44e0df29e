"""The API's doors to figures: the same that the pages show, for the same people."""

from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.permissions import Permission, has_staff_powers, require, teams_where
from accounts.requests import SignedInCall
from analytics import serializers
from analytics.figures.asking import PeriodForm
from analytics.figures.documents import figures_document
from analytics.figures.present import present
from analytics.figures.reading import read
from analytics.figures.scope import Scope
from core.errors import Invalid, NotAllowed
from core.rest.fields import asked
from core.rest.freshness import private
from events.models import Event


class EventFigures(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        parameters=[serializers.EventFiguresQuery],
        responses=serializers.FiguresOut,
        operation_id="analytics_event",
    )
    def get(self, request: SignedInCall, event_id: UUID) -> Response:
        """Figures of one event, by days of its own zone; for those who may edit it. Without a period: all of them."""
        asked(serializers.EventFiguresQuery, request)
        event = get_object_or_404(Event.objects.run_by(request.user).with_all(), pk=event_id)
        require(request.user, Permission.EDIT_EVENTS, event.organizer_id)
        return _answer(request, Scope.of_event(event))


class TeamFigures(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        parameters=[serializers.FiguresQuery], responses=serializers.FiguresOut, operation_id="analytics_team"
    )
    def get(self, request: SignedInCall, team_id: UUID) -> Response:
        """Figures of all events of a team; for those who may edit them. Without a period: 30 days."""
        asked(serializers.FiguresQuery, request)
        team = get_object_or_404(teams_where(request.user, Permission.SEE_GUESTS), pk=team_id)
        require(request.user, Permission.EDIT_EVENTS, team.pk)
        return _answer(request, Scope.of_team(team))


class PlatformFigures(APIView):
    permission_classes = [IsAuthenticated]

    @extend_schema(
        parameters=[serializers.FiguresQuery], responses=serializers.FiguresOut, operation_id="analytics_platform"
    )
    def get(self, request: SignedInCall) -> Response:
        """Figures of all events there are; for platform staff. Without a period: 30 days."""
        asked(serializers.FiguresQuery, request)
        if not has_staff_powers(request.user):
            raise NotAllowed("These figures are for platform staff.")
        return _answer(request, Scope.of_platform())


def _answer(request: SignedInCall, scope: Scope) -> Response:
    now = timezone.now()
    form = PeriodForm(request.query_params, scope=scope, now=now)
    if not form.is_valid():
        raise Invalid({name: [str(one) for one in errors] for name, errors in form.errors.items()})
    period = form.period()
    began = form.days[0] if form.days else None
    figures = read(scope, period, now=now, began=began, compared=form.compares)
    return private(Response(figures_document(figures, present(scope, period, now))))
