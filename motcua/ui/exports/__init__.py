"""Any list as a spreadsheet or on paper: what its filters select, all of it, with where it comes from.

A view asks `asked(request)`; when it answers, the view gathers a `Listing` by the same filters it shows by, and
`answer` makes the file. Offered on a page by `ui/exports.html`.
"""

from .answers import answer, asked, said
from .lists import PDF, XLSX, Cell, Column, Format, Issuer, Kind, Listing
from .sheets import harmless, typed

__all__ = [
    "PDF",
    "XLSX",
    "Cell",
    "Column",
    "Format",
    "Issuer",
    "Kind",
    "Listing",
    "answer",
    "asked",
    "harmless",
    "said",
    "typed",
]
