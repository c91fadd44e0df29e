"""Template filters that belong to no app."""

from django import template

register = template.Library()
