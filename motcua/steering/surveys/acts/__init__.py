"""The acts of a survey: sets entered, surveys opened, people asked, answers taken, all counted and closed.

Nothing here writes down who answered what: `answer` leaves a mark on the respondent and a form that knows of nobody.
"""

from .answering import Gone as Gone
from .answering import answer as answer
from .answering import enter_paper as enter_paper
from .asking import Line as Line
from .asking import Taken as Taken
from .asking import hand_papers as hand_papers
from .asking import invite as invite
from .asking import list_respondents as list_respondents
from .asking import print_links as print_links
from .asking import remind as remind
from .asking import withdraw as withdraw
from .closing import close_survey as close_survey
from .closing import withdraw_survey as withdraw_survey
from .opening import NewSet as NewSet
from .opening import enter_questions as enter_questions
from .opening import extend as extend
from .opening import open_survey as open_survey
