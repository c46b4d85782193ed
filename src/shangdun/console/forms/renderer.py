"""Forms look alike everywhere, allauth's included."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    form_template_name = "form/form.html"
    field_template_name = "form/field.html"
