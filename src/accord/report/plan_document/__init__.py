"""The plan as a document for lawyers and officers: Word and HTML from the same blocks, and what changed in between."""

from accord.report.plan_document.document import changed_document, plan_document
from accord.report.plan_document.html_page import html_bytes
from accord.report.plan_document.word_file import docx_bytes

__all__ = ["changed_document", "docx_bytes", "html_bytes", "plan_document"]
