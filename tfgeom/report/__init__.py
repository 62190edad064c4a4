"""The report: one offline page with a design's numbers, drawings and sources."""

from tfgeom.report.render import render_report, report_html

__all__ = ["render_report", "report_html"]
