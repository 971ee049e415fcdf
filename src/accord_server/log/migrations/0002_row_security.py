"""Row-level security for the log, and what keeps its history from being changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from accord_server.database.row_security import CALL, READER, guarded, only_added_to

IN_CALL = "call_id IN (SELECT accord_reader_calls())"
FOR_READER = (
    f"{IN_CALL} AND CASE audience WHEN 'members' THEN true "
    "WHEN 'side' THEN side_id IN (SELECT accord_reader_sides(call_id)) "
    f"WHEN 'author' THEN author_id = {READER} ELSE false END"
)


class Migration(migrations.Migration):
    """Entries for their call and its host; contents by call, Side and author; requests for whoever made them."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("log", "0001_initial"),
        ("access", "0002_row_security"),
    ]
    operations: ClassVar[list[Operation]] = [
        guarded("log_entry", read=f"call_id = {CALL} OR {IN_CALL}"),
        guarded("log_content", read=FOR_READER),
        guarded("log_doneonce", read=f"account_id = {READER}", write=f"account_id = {READER}"),
        only_added_to("log_entry"),
        only_added_to("log_content", may_be_removed=True),
        only_added_to("log_doneonce", may_be_removed=True),
    ]
