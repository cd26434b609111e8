#!/usr/bin/env bash
# Runs a command against a PostgreSQL server made for it alone, and takes the server away afterwards.
#
#     tools/with_postgres.sh .venv/bin/python -m pytest tests/observations
#
# The server listens on a socket in a temporary folder only, so it meets nobody's port. It runs as root (through the
# user postgres or nobody, as PostgreSQL refuses root) and as any ordinary user. It forgets everything at the end and
# therefore does not wait for the disk: never point it at anything you want to keep.
# Ends as the command ends; 3 when PostgreSQL is not installed, 4 when it does not start.
set -euo pipefail

find_programs() {
    local found
    found=$(command -v initdb || true)
    if [ -z "$found" ]; then
        # Debian keeps initdb out of PATH, one folder per version: take the newest.
        found=$(find /usr/lib/postgresql -maxdepth 3 -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1 || true)
    fi
    [ -n "$found" ] || return 1
    dirname "$(readlink -f "$found")"
}

if [ $# -eq 0 ]; then
    echo "usage: tools/with_postgres.sh COMMAND [ARGUMENT...]" >&2
    exit 2
fi
if ! programs=$(find_programs); then
    echo "PostgreSQL is not installed. On Debian or Ubuntu: apt-get install postgresql" >&2
    exit 3
fi

# Socket names end at 107 bytes, so the folder stays short whatever TMPDIR says.
home=$(mktemp -d /tmp/adme-pg.XXXXXX)
as_server=()
if [ "$(id -u)" -eq 0 ]; then
    server_user=postgres
    id "$server_user" >/dev/null 2>&1 || server_user=nobody
    chown "$server_user" "$home"
    chmod 755 "$home"
    as_server=(setpriv --reuid "$server_user" --regid "$(id -g "$server_user")" --clear-groups)
fi

command_id=
tear_down() {
    local ended=$?
    trap - EXIT INT TERM HUP
    if [ -n "$command_id" ]; then kill "$command_id" 2>/dev/null || true; fi
    "${as_server[@]}" "$programs/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$home"
    exit "$ended"
}
trap tear_down EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

start_server() (
    cd "$home"
    # random_page_cost: what docs/manual asks an operator to set, so that plans are tested as they will run.
    "${as_server[@]}" "$programs/initdb" -D data -U app -A trust -E UTF8 --locale=C.UTF-8 --no-sync &&
        "${as_server[@]}" "$programs/pg_ctl" -D data -w -t 60 -l server.log -o "-k $home -c listen_addresses='' \
            -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c random_page_cost=1.1 \
            -c shared_buffers=256MB -c max_wal_size=4GB -c max_connections=60" start &&
        "${as_server[@]}" "$programs/createdb" -h "$home" -U app app
)

if ! start_server >"$home/start.log" 2>&1; then
    cat "$home/start.log" "$home/server.log" >&2 2>/dev/null || true
    echo "PostgreSQL did not start." >&2
    exit 4
fi

export DATABASE_URL="postgresql://app@/app?host=$home" PGHOST="$home" PGUSER=app PGDATABASE=app
unset PGPORT PGPASSWORD PGSERVICE
# In the background and waited for, so that a signal to this script reaches the trap at once.
"$@" <&0 &
command_id=$!
status=0
wait "$command_id" || status=$?
command_id=
exit "$status"
