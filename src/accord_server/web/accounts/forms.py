"""The form by which an account begins."""

from __future__ import annotations

from typing import ClassVar

from allauth.account.forms import SignupForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accord_server.people.models import NAME_LENGTH


class SignUp(SignupForm):
    """An e-mail address, a name with its reading, and a password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    name_reading = forms.CharField(
        label=_("How it is read"),
        help_text=_("In kana, or in Latin letters; may stay empty."),
        max_length=NAME_LENGTH,
        required=False,
    )
    field_order: ClassVar[list[str]] = ["email", "name", "name_reading", "password1"]
