"""How people sign in: allauth's settings. A person is known by an e-mail address, confirmed by a code sent there."""

from __future__ import annotations

from typing import Final

AUTH_USER_MODEL: Final = "people.Account"
AUTHENTICATION_BACKENDS: Final = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS: Final = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS: Final = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL: Final = "account_login"
LOGIN_REDIRECT_URL: Final = "home"

ACCOUNT_ADAPTER: Final = "accord_server.web.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS: Final = {"signup": "accord_server.web.accounts.forms.SignUp"}
ACCOUNT_LOGIN_METHODS: Final = {"email"}
ACCOUNT_SIGNUP_FIELDS: Final = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD: Final = None
ACCOUNT_USER_DISPLAY: Final = "accord_server.web.accounts.adapter.display"
ACCOUNT_EMAIL_VERIFICATION: Final = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED: Final = True  # a link would be opened by whatever scans the letter
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED: Final = True
ACCOUNT_LOGOUT_REDIRECT_URL: Final = "home"
ACCOUNT_EMAIL_SUBJECT_PREFIX: Final = ""
ACCOUNT_SESSION_REMEMBER: Final = True
ACCOUNT_EMAIL_NOTIFICATIONS: Final = False
ACCOUNT_REAUTHENTICATION_TIMEOUT: Final = 900
ACCOUNT_RATE_LIMITS: Final = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
    "confirm_email": "1/10s/key",
}

MFA_ADAPTER: Final = "accord_server.web.accounts.factors.FactorAdapter"
MFA_SUPPORTED_TYPES: Final = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED: Final = True
MFA_TOTP_ISSUER: Final = "Accord"
