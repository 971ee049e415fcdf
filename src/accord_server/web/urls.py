"""The routes of the pages, under their language; each says who may use it."""

from __future__ import annotations

from typing import Final

from accord_server.web.accounts.urls import urlpatterns as accounts
from accord_server.web.calls import coming_in, files
from accord_server.web.calls import pages as calls
from accord_server.web.demo import pages as demo
from accord_server.web.desk import pages as desk
from accord_server.web.proposals import drafting, submitting, together
from accord_server.web.routes import Who, page

POST: Final = ("POST",)

urlpatterns = [
    page("", calls.every_call, name="home", who=Who.EVERYBODY),
    page("calls.atom", files.feed, name="feed", who=Who.EVERYBODY),
    page("calls/open/", coming_in.open_one, name="open-call", who=Who.SIGNED_IN, methods=("GET", "POST")),
    page("calls/invitations/", coming_in.invitations, name="invitations", who=Who.SIGNED_IN, methods=("GET", "POST")),
    page("calls/<str:key>/", calls.one_call, name="call", who=Who.EVERYBODY),
    page("calls/<str:key>/timeline.ics", files.calendar, name="call-calendar", who=Who.EVERYBODY),
    page("calls/<str:key>/plan.toml", files.plan, name="call-plan", who=Who.EVERYBODY),
    page("demo/", demo.people, name="demo", who=Who.EVERYBODY),
    page("demo/<str:who>/", demo.enter, name="demo-enter", who=Who.EVERYBODY, methods=POST),
    page("calls/<str:key>/begin/", drafting.begin_one, name="begin", who=Who.SIGNED_IN, methods=POST),
    page("proposals/", drafting.my_proposals, name="my-proposals", who=Who.SIGNED_IN),
    page("proposals/<uuid:proposal>/", drafting.one_proposal, name="proposal", who=Who.SIGNED_IN),
    page("proposals/<uuid:proposal>/save/", drafting.save_one, name="save", who=Who.SIGNED_IN, methods=POST),
    page("proposals/<uuid:proposal>/document/", submitting.document, name="document", who=Who.SIGNED_IN),
    page("proposals/<uuid:proposal>/submit/", submitting.submit_one, name="submit", who=Who.SIGNED_IN, methods=POST),
    page(
        "proposals/<uuid:proposal>/withdraw/",
        submitting.withdraw_one,
        name="withdraw",
        who=Who.SIGNED_IN,
        methods=POST,
    ),
    page("proposals/<uuid:proposal>/receipt/", submitting.receipt, name="receipt", who=Who.SIGNED_IN),
    page(
        "proposals/<uuid:proposal>/receipt/<str:part>/",
        submitting.receipt_file,
        name="receipt-file",
        who=Who.SIGNED_IN,
    ),
    page("proposals/<uuid:proposal>/versions/", together.versions, name="versions", who=Who.SIGNED_IN),
    page("proposals/<uuid:proposal>/invite/", together.invite_one, name="invite", who=Who.SIGNED_IN, methods=POST),
    page(
        "proposals/<uuid:proposal>/invite/<uuid:invitation>/end/",
        together.uninvite,
        name="uninvite",
        who=Who.SIGNED_IN,
        methods=POST,
    ),
    page(
        "proposals/<uuid:proposal>/applicants/<uuid:person>/remove/",
        together.remove,
        name="remove-applicant",
        who=Who.SIGNED_IN,
        methods=POST,
    ),
    page(
        "invitations/<uuid:invitation>/",
        together.invitation,
        name="invitation",
        who=Who.SIGNED_IN,
        methods=("GET", "POST"),
    ),
    page("calls/<str:key>/desk/", desk.proposals, name="desk", who=Who.MEMBERS),
    page("calls/<str:key>/desk/close/", desk.close, name="desk-close", who=Who.MEMBERS, methods=POST),
    page("calls/<str:key>/desk/status/", desk.status_page, name="desk-status", who=Who.MEMBERS),
    page("calls/<str:key>/desk/<uuid:proposal>/", desk.one, name="desk-proposal", who=Who.MEMBERS),
    page("calls/<str:key>/desk/<uuid:proposal>/decide/", desk.decide, name="decide", who=Who.MEMBERS, methods=POST),
    page("calls/<str:key>/desk/<uuid:proposal>/document/", desk.document, name="desk-document", who=Who.MEMBERS),
    *accounts,
]
