"""What people read of a run: the report, one HTML file that needs nothing else."""

from accord.report.page import report_html

__all__ = ["report_html"]
