"""`python -m accord_server token ADDRESS`: a token for an account, shown once; its owner gets a letter."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accord.errors import AccordError
from accord_server.api.doors import clock
from accord_server.api.services import LONGEST, issue_token
from accord_server.api.tokens import Scope, digest_of, drawn
from accord_server.log.happenings import Doing
from accord_server.people.queries import account_of


class Command(BaseCommand):
    """Makes a token."""

    help = "Make a token by which a program acts for an account; the account's owner gets a letter."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For whom, and for what."""
        parser.add_argument("address", help="the account's e-mail address")
        parser.add_argument("--name", default="command line", help="what its owner reads in the letter")
        parser.add_argument("--scopes", nargs="+", choices=list(Scope), default=[Scope.READ], help="what it may do")
        parser.add_argument("--days", type=int, default=30, help=f"how long it stands, at most {LONGEST.days}")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make it and show the secret, once."""
        account = account_of(options["address"])
        if account is None:
            raise CommandError(f"there is no account of {options['address']}")
        at, secret = clock(), drawn()
        try:
            issue_token(
                Doing(by=account, at=at),
                name=options["name"],
                digest=digest_of(secret),
                scopes=tuple(str(one) for one in options["scopes"]),
                expires_at=at + timedelta(days=options["days"]),
            )
        except AccordError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(secret)
