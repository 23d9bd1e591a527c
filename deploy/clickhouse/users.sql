-- The users of ClickHouse: one for each process that asks it, with what it needs and no more.
--
-- Run it once, and again after an upgrade, as an administrator who may manage access:
--   clickhouse-client --user admin --password "$ADMIN" --multiquery < users.sql
-- Put the passwords in the place of METERING-PASSWORD, API-PASSWORD and READER-PASSWORD first. Another database than `voltbus`:
-- change its name throughout.

CREATE ROLE IF NOT EXISTS voltbus_writer;
CREATE ROLE IF NOT EXISTS voltbus_reader;

-- metering makes the tables, changes them in migrations, and inserts. It drops nothing and deletes nothing.
GRANT CREATE DATABASE, CREATE TABLE, CREATE VIEW, SELECT, INSERT ON voltbus.* TO voltbus_writer;
GRANT ALTER ADD COLUMN, ALTER MODIFY COLUMN, ALTER COMMENT COLUMN ON voltbus.* TO voltbus_writer;

-- The API, and people and programs that read for themselves, read.
GRANT SELECT ON voltbus.* TO voltbus_reader;

-- What the client asks about tables and settings when it connects and inserts.
GRANT SELECT ON system.columns TO voltbus_writer, voltbus_reader;
GRANT SELECT ON system.settings TO voltbus_writer, voltbus_reader;
GRANT SELECT ON system.tables TO voltbus_writer, voltbus_reader;

CREATE USER IF NOT EXISTS voltbus_metering IDENTIFIED WITH sha256_password BY 'METERING-PASSWORD' DEFAULT ROLE NONE;
CREATE USER IF NOT EXISTS voltbus_api IDENTIFIED WITH sha256_password BY 'API-PASSWORD' DEFAULT ROLE NONE;
CREATE USER IF NOT EXISTS voltbus_read IDENTIFIED WITH sha256_password BY 'READER-PASSWORD' DEFAULT ROLE NONE;

GRANT voltbus_writer TO voltbus_metering;
GRANT voltbus_reader TO voltbus_api;
GRANT voltbus_reader TO voltbus_read;
ALTER USER voltbus_metering DEFAULT ROLE voltbus_writer;
ALTER USER voltbus_api DEFAULT ROLE voltbus_reader;
ALTER USER voltbus_read DEFAULT ROLE voltbus_reader;

-- The API sends settings with each query (its time limit, and the filters that keep a tenant to its own rows): readonly = 2 lets it.
-- Who reads for himself may change no setting, and his queries are bounded.
CREATE SETTINGS PROFILE IF NOT EXISTS voltbus_api_profile SETTINGS readonly = 2 TO voltbus_api;
CREATE SETTINGS PROFILE IF NOT EXISTS voltbus_read_profile SETTINGS readonly = 1, max_execution_time = 60, max_memory_usage = 4000000000 TO voltbus_read;
