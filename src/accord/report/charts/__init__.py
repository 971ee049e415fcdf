"""The report's charts: SVG that takes the page's colours, each with its text alternative."""

from accord.report.charts.chart import Chart
from accord.report.charts.charts import report_charts
from accord.report.charts.strip import proposal_chart

__all__ = ["Chart", "proposal_chart", "report_charts"]
