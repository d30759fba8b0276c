"""Our catalogue beside the national record: what differs, what only one of them has, what is decided (đối chiếu).

`comparing` says what differs (pure), `keeping` keeps it between runs, `acts` are the runs and the decisions.
"""
