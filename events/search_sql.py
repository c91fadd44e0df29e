"""The SQL functions behind the search columns. Generated columns need immutable ones, which `unaccent`
becomes when its dictionary is named. `simple` keeps words as they are: event titles come in any language."""

CREATE = """
CREATE FUNCTION evently_fold(text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT lower(public.unaccent('public.unaccent', $1)) $$;

CREATE FUNCTION evently_event_vector(title text, summary text, words text, description text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
    SELECT setweight(to_tsvector('pg_catalog.simple', public.evently_fold(coalesce(title, ''))), 'A')
        || setweight(to_tsvector('pg_catalog.simple', public.evently_fold(coalesce(words, ''))), 'B')
        || setweight(to_tsvector('pg_catalog.simple', public.evently_fold(coalesce(summary, ''))), 'C')
        || setweight(to_tsvector('pg_catalog.simple', public.evently_fold(coalesce(description, ''))), 'D')
$$;
"""

DROP = """
DROP FUNCTION evently_event_vector(text, text, text, text);
DROP FUNCTION evently_fold(text);
"""
