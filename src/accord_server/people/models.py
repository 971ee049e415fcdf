"""Rows about people: who has an account, which Sides there are, which organisations."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Final

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

NAME_LENGTH = 200


class AccountManager(BaseUserManager["Account"]):
    """Finds an account by its e-mail address, however it is capitalised."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """The account of an e-mail address."""
        return self.get(email=(username or "").lower())


class Account(AbstractBaseUser):
    """A person who can sign in. What they may do in a call is a membership there; this row gives nothing.

    `is_administrator` is whoever runs the machine for the host: it opens no content.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(unique=True)
    """In lower case, so that no two accounts differ by capitals alone."""
    email_confirmed_at = models.DateTimeField(null=True)
    name = models.CharField(max_length=NAME_LENGTH)
    name_reading = models.CharField(max_length=NAME_LENGTH, blank=True)
    """How the name is read: in kana, or in Latin letters."""
    is_administrator = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    last_login = None  # Django would set it by the clock, outside an action

    objects = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="account_email_in_lower_case", condition=Q(email=Lower(F("email")))),
        ]

    def __str__(self) -> str:
        return str(self.id)  # a log line that names an account names no person


class Side(models.Model):
    """A signatory, as the plans of this host name it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.key


class Organisation(models.Model):
    """A university, institute or company, with its identifier of the Research Organization Registry, if any."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=NAME_LENGTH)
    name_reading = models.CharField(max_length=NAME_LENGTH, blank=True)
    country = models.CharField(max_length=2, validators=[RegexValidator(r"[A-Z]{2}")])
    ror = models.CharField(max_length=9, null=True, unique=True, validators=[RegexValidator(r"0[a-z0-9]{6}[0-9]{2}")])

    def __str__(self) -> str:
        return self.name


NOBODY: Final = Account(id=uuid.UUID(int=0), email="", name="", is_active=False)
"""Who reads without an account; it is no row, belongs to no call and can do nothing."""
