-- SPDX-FileCopyrightText: 2026 The QZap Authors
-- SPDX-License-Identifier: MIT
--
-- Version 1 of the schema, for SQLite 3.37 and later. Blank lines separate statements. All of them are
-- executed in one transaction.

-- The version of the schema; a random identity, which a copy of the database shares; and the last
-- change that was pruned from the feed.
CREATE TABLE qzap_meta (
    singleton INTEGER PRIMARY KEY DEFAULT 1 CHECK (singleton = 1),
    version INTEGER NOT NULL,
    identity TEXT NOT NULL DEFAULT (lower(hex(randomblob(16)))),
    pruned INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Who is let in. A row is the key of a CURVE client, or the user name and password hash of a PLAIN
-- client, in one domain.
CREATE TABLE qzap_credentials (
    domain TEXT NOT NULL CHECK (length(CAST(domain AS BLOB)) BETWEEN 1 AND 255),
    kind TEXT NOT NULL CHECK (kind IN ('curve', 'plain')),
    key BLOB CHECK (length(key) = 32),
    name TEXT CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 255),
    hash TEXT CHECK (length(CAST(hash AS BLOB)) <= 255 AND substr(hash, 1, 10) = '$argon2id$'),
    user_id TEXT NOT NULL DEFAULT '' CHECK (length(CAST(user_id AS BLOB)) <= 255),
    fields TEXT NOT NULL DEFAULT '{}'
        CHECK (CASE WHEN json_valid(fields) THEN json_type(fields) = 'object' ELSE 0 END),
    not_after TEXT, -- ISO 8601, with an offset
    enabled INTEGER NOT NULL DEFAULT 1 CHECK (enabled IN (0, 1)),
    UNIQUE (domain, key),
    UNIQUE (domain, name),
    CHECK (CASE kind
        WHEN 'curve' THEN key IS NOT NULL AND name IS NULL AND hash IS NULL
        ELSE key IS NULL AND name IS NOT NULL AND hash IS NOT NULL AND user_id = ''
    END),
    -- A text must not contain NUL: what is behind it would be ignored.
    CHECK (instr(CAST(domain || coalesce(name, '') || user_id AS BLOB), x'00') = 0)
) STRICT;

-- The feed: what has changed. The triggers below write it. There is only one writer at a time, so
-- the numbers grow in the order in which changes take effect; they are never used again.
CREATE TABLE qzap_changes (
    xid INTEGER PRIMARY KEY AUTOINCREMENT,
    domain TEXT NOT NULL,
    kind TEXT NOT NULL,
    key BLOB,
    name TEXT,
    removed INTEGER NOT NULL,
    changed_at INTEGER NOT NULL DEFAULT (CAST(strftime('%s', 'now') AS INTEGER)) -- since 1970
) STRICT;

CREATE TRIGGER qzap_inserted AFTER INSERT ON qzap_credentials
BEGIN
    INSERT INTO qzap_changes (domain, kind, key, name, removed)
        VALUES (NEW.domain, NEW.kind, NEW.key, NEW.name, 0);
END;

-- A row that gets another domain, key or name is removed, and another one is inserted.
CREATE TRIGGER qzap_updated AFTER UPDATE ON qzap_credentials
BEGIN
    INSERT INTO qzap_changes (domain, kind, key, name, removed)
        SELECT OLD.domain, OLD.kind, OLD.key, OLD.name, 1
        WHERE OLD.domain IS NOT NEW.domain OR OLD.kind IS NOT NEW.kind
            OR OLD.key IS NOT NEW.key OR OLD.name IS NOT NEW.name;
    INSERT INTO qzap_changes (domain, kind, key, name, removed)
        VALUES (NEW.domain, NEW.kind, NEW.key, NEW.name, 0);
END;

CREATE TRIGGER qzap_deleted AFTER DELETE ON qzap_credentials
BEGIN
    INSERT INTO qzap_changes (domain, kind, key, name, removed)
        VALUES (OLD.domain, OLD.kind, OLD.key, OLD.name, 1);
END;

INSERT INTO qzap_meta (version) VALUES (1);
