"""The roles of the directorate, as Django groups.

`newsroom` gives each its permissions after every migration; the names here are the ones the demo, the tests and the
administrators' screens use. Subscribers and coordinators are people of an agency and have no group.
"""

EDITOR = "Mütercim / Editör"
CHIEF_EDITOR = "Sorumlu editör"
STRATEGIST = "Strateji uzmanı"
AUDITOR = "Denetçi"
ADMINISTRATOR = "Sistem yöneticisi"

ALL = (EDITOR, CHIEF_EDITOR, STRATEGIST, AUDITOR, ADMINISTRATOR)
