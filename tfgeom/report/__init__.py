"""The report: one offline page with a design's numbers, drawings and sources."""

from tfgeom.report.comparison import check_comparison, comparison_html, render_comparison
from tfgeom.report.render import render_report, report_html

__all__ = ["check_comparison", "comparison_html", "render_comparison", "render_report", "report_html"]
