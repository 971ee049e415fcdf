"""Letters to coordinators: what became of one proposal, as a PDF each, holding nothing of any other proposal."""

from accord.report.letters.folder import Letters, letters
from accord.report.letters.wording import Wording, load_wording

__all__ = ["Letters", "Wording", "letters", "load_wording"]
