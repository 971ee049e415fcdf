"""The report of a run on paper, from the same views as the page."""

from accord.report.paper.report.document import report_pdf

__all__ = ["report_pdf"]
