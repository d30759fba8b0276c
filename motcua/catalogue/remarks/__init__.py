"""What people say is wrong with a procedure, and what the control office answers (báo sai).

Nobody signs in and nobody is named: who told follows the answer at an address only they were given.
"""
