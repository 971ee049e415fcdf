"""Row-level security for proposals, and what keeps a submitted version from being changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations
from django.db.migrations.operations.base import Operation

from accord_server.database.row_security import READER, SEALED, guarded, only_added_to

OWN = "subject_id IN (SELECT accord_reader_subjects())"
MINE = f"email = (SELECT account.email FROM people_account account WHERE account.id = {READER})"  # noqa: S608  the constant


class Migration(migrations.Migration):
    """Drafts for their applicants; what was submitted for them too, and once it is unsealed for whom the plan says."""

    dependencies: ClassVar[list[tuple[str, str]]] = [
        ("proposals", "0001_initial"),
        ("log", "0003_sealed"),
        ("access", "0004_row_security_of_subjects"),
    ]
    operations: ClassVar[list[Operation]] = [
        guarded("proposals_proposal", read=SEALED),
        guarded("proposals_submittedversion", read=SEALED),
        guarded("proposals_draftversion", read=OWN),
        guarded("proposals_document", read=OWN),
        guarded("proposals_applicantinvitation", read=f"{OWN} OR {MINE}"),
        guarded("proposals_eligibility", read="call_id IN (SELECT accord_reader_unsealed())"),
        only_added_to("proposals_submittedversion", may_be_removed=True),
    ]
