"""Row-level security, the second wall: which rows PostgreSQL shows to whom, by Side and call, whatever is asked.

It is coarser than the policy in `access` and knows no clock. FORCE holds the tables' owner to it as well; a policy for
the owner alone lets the functions below look up who belongs where. On SQLite all of this does nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import RunPython
from django.db.migrations.state import StateApps

READER = "nullif(current_setting('accord.account', true), '')::uuid"
CALL = "nullif(current_setting('accord.call', true), '')::uuid"
LOOKUPS = f"""
CREATE FUNCTION accord_reader_calls() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT member.call_id FROM access_membership member JOIN access_callaccess call ON call.id = member.call_id
  WHERE member.account_id = {READER} AND member.ended_at IS NULL AND call.ended_at IS NULL
$$;
CREATE FUNCTION accord_reader_sides(the_call uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT member.side_id FROM access_membership member JOIN access_callaccess call ON call.id = member.call_id
  WHERE member.account_id = {READER} AND member.call_id = the_call AND member.role = 'side-officer'
    AND member.ended_at IS NULL AND call.ended_at IS NULL
$$
"""  # noqa: S608  both parts are the constants above

LOOKUPS_OF_SUBJECTS = f"""
CREATE FUNCTION accord_reader_subjects() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT part.subject_id FROM access_participation part JOIN access_callaccess call ON call.id = part.call_id
  WHERE part.account_id = {READER} AND part.ended_at IS NULL AND call.ended_at IS NULL
$$;
CREATE FUNCTION accord_reader_unsealed() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS $$
  SELECT member.call_id FROM access_membership member JOIN access_callaccess call ON call.id = member.call_id
    JOIN access_unsealing opened ON opened.call_id = member.call_id AND opened.role = member.role
  WHERE member.account_id = {READER} AND member.ended_at IS NULL AND call.ended_at IS NULL
$$
"""  # noqa: S608  both parts are the constants above
SEALED = "(subject_id IN (SELECT accord_reader_subjects()) OR call_id IN (SELECT accord_reader_unsealed()))"
"""For a row about a subject: its reader takes part in it, or what is sealed in the call is open to the reader."""


def lookups() -> RunPython:
    """Make the functions that tell where the reader belongs; they run as the owner of the tables."""
    return _on_postgresql([LOOKUPS])


def lookups_of_subjects() -> RunPython:
    """Make the functions that tell what the reader takes part in, and where seals are open to it."""
    return _on_postgresql([LOOKUPS_OF_SUBJECTS])


def read_as(table: str, read: str) -> RunPython:
    """Show rows of a table that is guarded already by another condition."""
    return _on_postgresql([f"ALTER POLICY reads ON {table} USING ({read})"])


def guarded(table: str, *, read: str, write: str = f"call_id = {CALL}", owner_looks_up: bool = False) -> RunPython:
    """Show and take only rows for which a condition holds: `read` to see one, `write` to add or change it."""
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY reads ON {table} FOR SELECT USING ({read})",
        f"CREATE POLICY adds ON {table} FOR INSERT WITH CHECK ({write})",
        f"CREATE POLICY changes ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})",
        f"CREATE POLICY removes ON {table} FOR DELETE USING ({write})",
        *([f"CREATE POLICY looks_up ON {table} FOR SELECT TO CURRENT_USER USING (true)"] if owner_looks_up else []),
    ]
    return _on_postgresql(statements)


def only_added_to(table: str, *, may_be_removed: bool = False) -> RunPython:
    """Refuse to change a row of a table, and to remove one: history is only added to."""
    forbidden = _forbidden(may_be_removed=may_be_removed)
    postgresql = [
        (
            f"CREATE FUNCTION {table}_stays() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{table} is only added to'; END $$"
        ),
        *(
            f"CREATE TRIGGER {table}_no_{one.lower()} BEFORE {one} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_stays()"
            for one in forbidden
        ),
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {table}_stays()",
    ]
    return _statements({"postgresql": postgresql, "sqlite": _triggers_of_sqlite(table, forbidden)})


def only_added_to_again(table: str, *, may_be_removed: bool = False) -> RunPython:
    """Put back what `only_added_to` made, after a change of the table: SQLite makes it anew, without its triggers."""
    return _statements({"sqlite": _triggers_of_sqlite(table, _forbidden(may_be_removed=may_be_removed))})


def _forbidden(*, may_be_removed: bool) -> tuple[str, ...]:
    return ("UPDATE",) if may_be_removed else ("UPDATE", "DELETE")


def _triggers_of_sqlite(table: str, forbidden: Sequence[str]) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{one.lower()} BEFORE {one} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is only added to'); END"
        for one in forbidden
    ]


def _on_postgresql(statements: Sequence[str]) -> RunPython:
    return _statements({"postgresql": statements})


def _statements(by_vendor: dict[str, Sequence[str]]) -> RunPython:
    def run(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in by_vendor.get(editor.connection.vendor, ()):
            editor.execute(statement)

    return RunPython(run)
