"""One's own account: the name, and the ways to sign in."""

from __future__ import annotations

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accord_server.people.models import NAME_LENGTH
from accord_server.people.services import rename
from accord_server.web.asking import Asked, reader_of


class Naming(forms.Form):
    """A name, and how it is read."""

    name = forms.CharField(label=_("Your name"), max_length=NAME_LENGTH)
    name_reading = forms.CharField(
        label=_("How it is read"),
        help_text=_("In kana, or in Latin letters; may stay empty."),
        max_length=NAME_LENGTH,
        required=False,
    )


def account(request: Asked) -> HttpResponse:
    """One's own account: the name, the address, and the ways to sign in."""
    reader = reader_of(request)
    form = Naming(request.POST or None, initial={"name": reader.name, "name_reading": reader.name_reading})
    if request.method == "POST" and form.is_valid():
        rename(reader.id, request.now, account=reader, **form.cleaned_data)
        return HttpResponseRedirect(reverse("account"))
    return render(request, "account/own.html", {"form": form, "own": reader})
