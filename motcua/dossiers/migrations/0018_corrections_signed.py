"""Corrections of signed results that were under way wait for their signature, as their facts have it now."""

from django.db import migrations

TO_SIGNERS = """
UPDATE dossiers_task task SET step = '@ky-dinh-chinh', name = 'Ký duyệt bản đính chính', role = 'signer'
FROM dossiers_dossier dossier, LATERAL (
    SELECT max(version) AS version FROM journal_entry
    WHERE stream = 'ho-so/' || dossier.code AND kind = 'CorrectionRequested'
) asked
WHERE task.dossier_id = dossier.id AND task.step = '@dinh-chinh'
AND (
    SELECT kind FROM journal_entry
    WHERE stream = 'ho-so/' || dossier.code AND version < asked.version
    AND kind IN ('ResultSigned', 'SentBack', 'StepRecalled') ORDER BY version DESC LIMIT 1
) = 'ResultSigned'
AND NOT EXISTS (
    SELECT FROM journal_entry
    WHERE stream = 'ho-so/' || dossier.code AND version > asked.version AND kind = 'ResultSigned'
)
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0017_no_operators_step"), ("journal", "0001_initial")]
    operations = [migrations.RunSQL(TO_SIGNERS, migrations.RunSQL.noop)]
