"""Routes by which people sign in: allauth's views, each declared here, and none of its others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkey
from django.http import HttpResponseBase
from django.urls import URLPattern, path

from accord_server.web.accounts import pages
from accord_server.web.routes import Who, declared, page

BOTH: Final = ("GET", "POST")
View = Callable[..., HttpResponseBase]


def _allauth(where: str, view: View, name: str, who: Who, words: str) -> URLPattern:
    """A route of allauth's own: it looks itself at who asks, as this says and the test tries."""
    declared(name, who, BOTH, words)
    return path(f"account/{where}", view, name=name)


urlpatterns: Final = [
    page("account/", pages.account, name="account", who=Who.SIGNED_IN, methods=BOTH),
    _allauth("login/", account.login, "account_login", Who.SIGNING_IN, "Sign in."),
    _allauth("logout/", account.logout, "account_logout", Who.EVERYBODY, "Sign out."),
    _allauth("inactive/", account.account_inactive, "account_inactive", Who.EVERYBODY, "Say that an account rests."),
    _allauth("signup/", account.signup, "account_signup", Who.SIGNING_IN, "Begin an account."),
    _allauth(
        "confirm/", account.email_verification_sent, "account_email_verification_sent", Who.SIGNING_IN, "Enter a code."
    ),
    _allauth("again/", account.reauthenticate, "account_reauthenticate", Who.SIGNED_IN, "Give the password once more."),
    _allauth("password/", account.password_change, "account_change_password", Who.SIGNED_IN, "Change the password."),
    _allauth("password/set/", account.password_set, "account_set_password", Who.SIGNED_IN, "Set a first password."),
    _allauth("reset/", account.password_reset, "account_reset_password", Who.SIGNING_IN, "Ask for a code."),
    _allauth(
        "reset/code/",
        account.confirm_password_reset_code,
        "account_confirm_password_reset_code",
        Who.SIGNING_IN,
        "Enter the code.",
    ),
    _allauth(
        "reset/new/",
        account.complete_password_reset,
        "account_complete_password_reset",
        Who.SIGNING_IN,
        "Choose a new password.",
    ),
    _allauth(
        "reset/done/",
        account.password_reset_from_key_done,
        "account_password_reset_completed",
        Who.SIGNING_IN,
        "Say that the password is changed.",
    ),
    _allauth("factors/", factor.index, "mfa_index", Who.SIGNED_IN, "Second factors."),
    _allauth("factors/enter/", factor.authenticate, "mfa_authenticate", Who.SIGNING_IN, "Give the second factor."),
    _allauth("factors/again/", factor.reauthenticate, "mfa_reauthenticate", Who.SIGNED_IN, "Give it once more."),
    _allauth("factors/app/", totp.activate_totp, "mfa_activate_totp", Who.SIGNED_IN, "Begin an authenticator app."),
    _allauth(
        "factors/app/end/", totp.deactivate_totp, "mfa_deactivate_totp", Who.SIGNED_IN, "End an authenticator app."
    ),
    _allauth(
        "factors/codes/", recovery.view_recovery_codes, "mfa_view_recovery_codes", Who.SIGNED_IN, "Recovery codes."
    ),
    _allauth(
        "factors/codes/new/",
        recovery.generate_recovery_codes,
        "mfa_generate_recovery_codes",
        Who.SIGNED_IN,
        "Draw new recovery codes.",
    ),
    _allauth(
        "factors/codes/file/",
        recovery.download_recovery_codes,
        "mfa_download_recovery_codes",
        Who.SIGNED_IN,
        "Recovery codes as a file.",
    ),
    _allauth("passkeys/", passkey.list_webauthn, "mfa_list_webauthn", Who.SIGNED_IN, "Passkeys."),
    _allauth("passkeys/new/", passkey.add_webauthn, "mfa_add_webauthn", Who.SIGNED_IN, "Add a passkey."),
    _allauth(
        "passkeys/again/",
        passkey.reauthenticate_webauthn,
        "mfa_reauthenticate_webauthn",
        Who.SIGNED_IN,
        "Use a passkey once more.",
    ),
    _allauth(
        "passkeys/<int:pk>/remove/", passkey.remove_webauthn, "mfa_remove_webauthn", Who.SIGNED_IN, "Remove a passkey."
    ),
    _allauth(
        "passkeys/<int:pk>/rename/", passkey.edit_webauthn, "mfa_edit_webauthn", Who.SIGNED_IN, "Rename a passkey."
    ),
    _allauth("passkeys/enter/", passkey.login_webauthn, "mfa_login_webauthn", Who.SIGNING_IN, "Enter by a passkey."),
]
