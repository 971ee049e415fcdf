"""What allauth asks of us about accounts: our rows are written by the actions of `people`, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.contrib.auth.base_user import AbstractBaseUser
from django.forms import BaseForm
from django.http import HttpRequest

from accord_server.people.models import Account
from accord_server.people.services import confirm_address, register, set_password


def display(account: Account) -> str:
    """How a person is called on a page."""
    return account.name or account.email


class AccountAdapter(DefaultAccountAdapter):
    """Accounts begin, are confirmed and change their password by actions."""

    def save_user(
        self,
        request: HttpRequest,
        user: AbstractBaseUser,
        form: BaseForm,
        commit: bool = True,  # noqa: FBT001, FBT002, ARG002  allauth's own
    ) -> AbstractBaseUser:
        """Begin an account with what the form says."""
        told: dict[str, Any] = form.cleaned_data
        made = register(
            uuid4(),
            request.now,  # type: ignore[attr-defined]  # Asked names it
            email=told["email"],
            name=told["name"],
            name_reading=told.get("name_reading", ""),
            password=told.get("password1"),
        )
        user.__dict__.update(made.__dict__)
        return user

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Note that an address is confirmed, in allauth's rows and in ours at once."""
        account: Account = email_address.user
        return confirm_address(
            account.id,
            request.now,  # type: ignore[attr-defined]
            account=account,
            also=lambda: super(AccountAdapter, self).confirm_email(request, email_address),
        )

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Change a password."""
        if not isinstance(user, Account):
            raise TypeError("an account of this site is needed")
        set_password(_id(user), self._now(), account=user, password=password)

    def _now(self) -> datetime:
        return getattr(self.request, "now", None) or datetime.now(UTC)


def _id(account: Account) -> UUID:
    return account.id
