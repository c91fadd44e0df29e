"""Pictures and tables of figures."""

from django import template

from analytics.figures import markup

register = template.Library()
register.filter("rectangles", markup.rectangles)
register.filter("table_rows", markup.rows)
