"""Paper: tagged PDF files in one look, set by Typst from data, with fonts that come with the extra `accord[pdf]`."""

from accord.report.paper.press import PaperUnavailable, Sheet, compiled

__all__ = ["PaperUnavailable", "Sheet", "compiled"]
