"""Internal processes as BPMN 2.0, in and out (trao đổi quy trình nội bộ; ISO/IEC 19510).

`write` makes a file that any BPMN tool opens, drawn in lanes; `read` takes one in and says of everything it cannot
keep what it is, what was done with it and what to do about it. What `write` made `read` gives back, equal. The names
of our own that a file holds are told in docs/bpmn.md.
"""

from .reader import Reading, read
from .remarks import Remark, WrongDiagram
from .vocabulary import About
from .writer import write

__all__ = ["About", "Reading", "Remark", "WrongDiagram", "read", "write"]
