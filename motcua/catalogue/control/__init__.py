"""The control of procedures while a regulation is drafted (kiểm soát thủ tục khi dự thảo; NĐ 63/2010/NĐ-CP).

`models` keeps drafts and every dated thing said of them, `acts` change them, `reading` hands them to `law.control`
as plain values, `queries` and `pages` show them, `papers` sets the forms.
"""
