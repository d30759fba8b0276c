from django.db import migrations, models

# Beside an end given to a text without one: a text may end earlier than it said, and one that only a decision of the
# province made (origin) may be superseded by a central text that begins before it. Docs: adr/0014.
FORBID = """
CREATE OR REPLACE FUNCTION catalogue_published_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'draft' THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' AND (to_jsonb(NEW) = to_jsonb(OLD)
        OR (OLD.status = 'announced' AND NEW.status = 'published')
        OR (OLD.status = 'published' AND (OLD.valid_to IS NULL OR NEW.valid_to < OLD.valid_to)
            AND to_jsonb(NEW) - 'valid_to' = to_jsonb(OLD) - 'valid_to')
        OR (OLD.status = 'published' AND NEW.status = 'superseded' AND to_jsonb(OLD) ->> 'origin_id' IS NOT NULL
            AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status')) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% % % is final: % refused', OLD.status, TG_TABLE_NAME, OLD.id, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION catalogue_part_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := CASE TG_OP
        WHEN 'INSERT' THEN ARRAY[NEW.version_id]
        WHEN 'DELETE' THEN ARRAY[OLD.version_id]
        ELSE ARRAY[OLD.version_id, NEW.version_id] END;
BEGIN
    PERFORM 1 FROM catalogue_version
        WHERE id = ANY(touched) AND status IN ('published', 'superseded') FOR SHARE;
    IF FOUND THEN
        RAISE EXCEPTION 'version % is published, its % is final: % refused', touched, TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
STATUS = [
    ("draft", "Dự thảo"),
    ("announced", "Đã công bố, chưa công khai"),
    ("published", "Đã công khai"),
    ("superseded", "Thay bằng bản trung ương có hiệu lực trước"),
]


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0020_unread_rows")]
    operations = [
        migrations.RunSQL(FORBID, migrations.RunSQL.noop),
        *(
            migrations.AlterField(
                model, "status", models.CharField(choices=STATUS, default="draft", max_length=10)
            )
            for model in ("version", "processversion", "bundle")
        ),
    ]
