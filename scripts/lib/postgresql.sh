# SPDX-FileCopyrightText: 2026 The QZap Authors
# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# A PostgreSQL server of its own in a directory, on a Unix socket there. Source it after common.sh.

# Prints the directory of PostgreSQL's server programs, of the latest version that is installed.
postgresql_programs() {
    local directory
    while read -r directory; do
        if [[ -x $directory/initdb && -x $directory/pg_ctl ]]; then
            echo "$directory"
            return
        fi
    done < <(compgen -G '/usr/lib/postgresql/*/bin' | sort -rV; dirname "$(command -v pg_ctl)")
    return 1
}

# The server refuses to run as root.
as_postgres() {
    if [[ $(id -u) -eq 0 ]]; then
        runuser -u postgres -- "$@"
    else
        "$@"
    fi
}

# make_postgresql DIRECTORY: makes a server with the superuser "owner". The directory must be new, and
# keeps others out: whoever can open the socket in it is trusted.
make_postgresql() {
    postgresql=$1
    postgresqlPrograms=$(postgresql_programs) ||
        fail "PostgreSQL's initdb and pg_ctl were not found (Debian: apt-get install postgresql)"
    # The path of a Unix socket has up to 107 bytes.
    ((${#postgresql} <= 80)) || fail "the path of $postgresql is too long for a socket: set TMPDIR"
    mkdir -m 0700 "$postgresql"
    if [[ $(id -u) -eq 0 ]]; then
        chown postgres: "$postgresql"
    fi
    as_postgres "$postgresqlPrograms/initdb" -D "$postgresql/data" -U owner --auth=trust \
        --encoding=UTF8 --locale=C --no-sync >/dev/null
}

# The server is in the directory of make_postgresql.
start_postgresql() {
    as_postgres "$postgresqlPrograms/pg_ctl" -D "$postgresql/data" -l "$postgresql/log" -w -s \
        -o "-c listen_addresses='' -c unix_socket_directories='$postgresql' -c fsync=off" start \
        </dev/null || fail "PostgreSQL did not start: $(cat "$postgresql/log")"
}

stop_postgresql() {
    as_postgres "$postgresqlPrograms/pg_ctl" -D "$postgresql/data" -w -s -m "${1:-fast}" stop
}

# sql DATABASE STATEMENT
sql() {
    as_postgres "$postgresqlPrograms/psql" -X -q -v ON_ERROR_STOP=1 -h "$postgresql" -U owner \
        -d "$1" -c "$2" >/dev/null
}
