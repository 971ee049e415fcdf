"""A database made ready: tables by their owner, and for the site a role that can do less."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from accord.errors import AccordError
from accord_server.database.routing import all_to

OWNER: Final = "owner"
SITE: Final = "default"
ADDED_TO: Final = frozenset(
    {"log_entry", "log_content", "log_doneonce", "calls_planversion", "proposals_submittedversion"}
)
"""Tables that the site's role may read and add to, and never change."""
WEAKNESS: Final = """
SELECT role.rolsuper, role.rolbypassrls, EXISTS (
  SELECT 1 FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace
  WHERE n.nspname = 'public' AND t.relkind = 'r' AND pg_has_role(current_user, t.relowner, 'MEMBER'))
FROM pg_roles role WHERE role.rolname = current_user
"""


class UnsafeDatabase(AccordError):
    """A database in which row-level security would not hold the site."""


def prepare(*, migrate: Callable[[str], object]) -> None:
    """Make the tables up to date, and on PostgreSQL grant the site's role what it needs, and no more.

    `migrate` brings the database of an alias up to date. Raises UnsafeDatabase where the site's role could step over
    row-level security, or no owner is named.
    """
    site = connections[SITE]
    if site.vendor != "postgresql":
        migrate(SITE)
        return
    if OWNER not in connections:
        raise UnsafeDatabase(
            "ACCORD_DATABASE_OWNER: PostgreSQL needs it once, for this: the role that owns the tables; the site runs "
            "as another, for row-level security does not hold an owner"
        )
    with all_to(OWNER):
        migrate(OWNER)
    role = connections[OWNER].ops.quote_name(str(site.settings_dict["USER"]))
    with connections[OWNER].cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}")
        cursor.execute(f"GRANT SELECT ON django_migrations TO {role}")  # whether a step is missing
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table  # noqa: SLF001  Django's documented way to a model's table
            rights = "SELECT, INSERT" if table in ADDED_TO else "SELECT, INSERT, UPDATE, DELETE"
            cursor.execute(f"REVOKE ALL ON {table} FROM {role}")
            cursor.execute(f"GRANT {rights} ON {table} TO {role}")
    found = weaknesses(site)
    if found:
        raise UnsafeDatabase(f"ACCORD_DATABASE: the role {role} {', '.join(found)}; give the site a role of its own")


def weaknesses(site: BaseDatabaseWrapper) -> tuple[str, ...]:
    """Why row-level security would not hold the role by which the site runs; empty where it does."""
    if site.vendor != "postgresql":
        return ()
    with site.cursor() as cursor:
        cursor.execute(WEAKNESS)
        superuser, bypasses, owns = cursor.fetchone()
    told = {"is a superuser": superuser, "bypasses row-level security": bypasses, "owns tables, or can": owns}
    return tuple(why for why, so in told.items() if so)
