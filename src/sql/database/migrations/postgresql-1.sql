-- SPDX-FileCopyrightText: 2026 The QZap Authors
-- SPDX-License-Identifier: MIT
--
-- Version 1 of the schema, for PostgreSQL 13 and later. Blank lines separate statements. All of them
-- are executed in one transaction, in the first schema of the search path.

-- The version of the schema; a random identity, which a copy of the database shares; and the last
-- transaction whose changes were pruned from the feed. The row is updated whenever changes are
-- removed, even if that mark stays: sources notice its new version.
CREATE TABLE qzap_meta (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    version integer NOT NULL,
    identity uuid NOT NULL DEFAULT gen_random_uuid(),
    pruned xid8 NOT NULL DEFAULT '0'
);

-- Who is let in. A row is the key of a CURVE client, or the user name and password hash of a PLAIN
-- client, in one domain.
CREATE TABLE qzap_credentials (
    domain text NOT NULL CHECK (octet_length(domain) BETWEEN 1 AND 255),
    kind text NOT NULL CHECK (kind IN ('curve', 'plain')),
    key bytea CHECK (octet_length(key) = 32),
    name text CHECK (octet_length(name) BETWEEN 1 AND 255),
    hash text CHECK (octet_length(hash) <= 255 AND hash LIKE '$argon2id$%'),
    user_id text NOT NULL DEFAULT '' CHECK (octet_length(user_id) <= 255),
    fields jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(fields) = 'object'),
    not_after timestamptz,
    enabled boolean NOT NULL DEFAULT true,
    UNIQUE (domain, key),
    UNIQUE (domain, name),
    CONSTRAINT qzap_credentials_kind CHECK (CASE kind
        WHEN 'curve' THEN key IS NOT NULL AND name IS NULL AND hash IS NULL
        ELSE key IS NULL AND name IS NOT NULL AND hash IS NOT NULL AND user_id = ''
    END)
);

-- The feed: what has changed in each transaction. The triggers below write it.
CREATE TABLE qzap_changes (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    domain text NOT NULL,
    kind text NOT NULL,
    key bytea,
    name text,
    removed boolean NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX qzap_changes_xid ON qzap_changes (xid);

-- The functions run as their owner, so that whoever may write credentials need not be allowed to
-- write the feed. They find the tables although others may have another search path.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE FUNCTION qzap_note_inserted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO qzap_changes (domain, kind, key, name, removed)
        SELECT domain, kind, key, name, false FROM new_rows;
    RETURN NULL;
END
$$;

-- A row that gets another domain, key or name is removed, and another one is inserted.
CREATE FUNCTION qzap_note_updated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO qzap_changes (domain, kind, key, name, removed)
        SELECT domain, kind, key, name, false FROM new_rows
        UNION ALL
        SELECT gone.*, true
        FROM (SELECT domain, kind, key, name FROM old_rows
              EXCEPT SELECT domain, kind, key, name FROM new_rows) AS gone;
    RETURN NULL;
END
$$;

CREATE FUNCTION qzap_note_deleted() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO qzap_changes (domain, kind, key, name, removed)
        SELECT domain, kind, key, name, true FROM old_rows;
    RETURN NULL;
END
$$;

CREATE FUNCTION qzap_note_truncated() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO qzap_changes (domain, kind, key, name, removed)
        SELECT domain, kind, key, name, true FROM qzap_credentials;
    RETURN NULL;
END
$$;

-- Whoever removes changes without qzap_prune() must not be able to hide them, and updates the mark,
-- also for changes that a transaction before the mark has committed late. A transaction may also
-- remove its own.
CREATE FUNCTION qzap_note_pruned() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    last_xid xid8;
BEGIN
    SELECT xid INTO last_xid FROM old_rows
        WHERE xid < pg_snapshot_xmax(pg_current_snapshot()) OR xid = pg_current_xact_id()
        ORDER BY xid DESC LIMIT 1;
    UPDATE qzap_meta SET pruned = greatest(pruned, last_xid) WHERE last_xid IS NOT NULL;
    RETURN NULL;
END
$$;

CREATE TRIGGER qzap_inserted AFTER INSERT ON qzap_credentials
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION qzap_note_inserted();

CREATE TRIGGER qzap_updated AFTER UPDATE ON qzap_credentials
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION qzap_note_updated();

CREATE TRIGGER qzap_deleted AFTER DELETE ON qzap_credentials
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION qzap_note_deleted();

CREATE TRIGGER qzap_truncated BEFORE TRUNCATE ON qzap_credentials
    FOR EACH STATEMENT EXECUTE FUNCTION qzap_note_truncated();

CREATE TRIGGER qzap_pruned AFTER DELETE ON qzap_changes
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION qzap_note_pruned();

-- Also for sessions that switch off triggers (session_replication_role).
ALTER TABLE qzap_credentials
    ENABLE ALWAYS TRIGGER qzap_inserted, ENABLE ALWAYS TRIGGER qzap_updated,
    ENABLE ALWAYS TRIGGER qzap_deleted, ENABLE ALWAYS TRIGGER qzap_truncated;

ALTER TABLE qzap_changes ENABLE ALWAYS TRIGGER qzap_pruned;

-- Removes changes that are older than the interval, and returns how many. Whoever has not yet read
-- all transactions up to qzap_meta.pruned has to read all credentials again. Rows of transactions
-- that have not begun come from a copy of another server, whose numbers mean nothing here.
CREATE FUNCTION qzap_prune(age interval) RETURNS bigint
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    last_xid xid8;
    removed_rows bigint;
BEGIN
    SELECT xid INTO last_xid FROM qzap_changes
        WHERE changed_at < now() - age AND xid < pg_snapshot_xmax(pg_current_snapshot())
        ORDER BY xid DESC LIMIT 1;
    UPDATE qzap_meta SET pruned = CASE
        WHEN pruned >= pg_snapshot_xmax(pg_current_snapshot()) THEN coalesce(last_xid, '0')
        ELSE greatest(pruned, coalesce(last_xid, '0'))
    END;
    -- Only what the mark covers: a transaction may have ended since the first statement.
    DELETE FROM qzap_changes
        WHERE changed_at < now() - age
            AND (xid <= last_xid OR xid >= pg_snapshot_xmax(pg_current_snapshot()));
    GET DIAGNOSTICS removed_rows = ROW_COUNT;
    RETURN removed_rows;
END
$$;

-- Notifies the channel in the argument of its trigger, once in each transaction.
CREATE FUNCTION qzap_notify() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_notify(TG_ARGV[0], '');
    RETURN NULL;
END
$$;

-- Sets the channel that is notified of changes; null: none.
CREATE FUNCTION qzap_set_channel(channel text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    DROP TRIGGER IF EXISTS qzap_notified ON qzap_changes;
    IF channel IS NOT NULL THEN
        EXECUTE format('CREATE TRIGGER qzap_notified AFTER INSERT ON qzap_changes '
                       'FOR EACH STATEMENT EXECUTE FUNCTION qzap_notify(%L)', channel);
    END IF;
END
$$;

-- Lets a role read the tables, which is all that gateways need.
CREATE FUNCTION qzap_grant(role text) RETURNS void
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), role);
    EXECUTE format('GRANT SELECT ON qzap_credentials, qzap_changes, qzap_meta TO %I', role);
END
$$;

INSERT INTO qzap_meta (version) VALUES (1);
