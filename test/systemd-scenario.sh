#!/usr/bin/env bash
# systemd-scenario.sh CLI ROOT: what a person does with the service; prints `fact=value` lines for systemd.test.ts.
set -uo pipefail
unit=training-log-wizard.service
tlw() { node "$1" "${@:2}"; }
show() { systemctl --user show "$unit" --property="$1" --value; }
wait_for() { # PROPERTY PATTERN SECONDS
  for _ in $(seq $(($3 * 5))); do [[ $(show "$1") =~ $2 ]] && return 0; sleep 0.2; done
  return 1
}
fact() { printf '%s=%s\n' "$1" "$2"; }
cli=$1 root=$2

tlw "$cli" service install --root "$root" --any-host >/dev/null 2>&1; fact install $?
fact verify "$(systemd-analyze --user verify "$XDG_CONFIG_HOME/systemd/user/$unit" 2>&1 | grep -c "$unit")"
fact ready "$(show ActiveState)"
wait_for StatusText 'watching 2 experiments.*last workbook' 60; fact status "$(show StatusText)"
tlw "$cli" service status >/dev/null; fact service_status $?

before=$(stat -c %Y.%i "$root/master.xlsx")
echo 1 >"$root/touched"
systemctl --user kill --signal=USR1 --kill-who=main "$unit"; sleep 1
fact after_usr1 "$(show ActiveState)"
fact debugger "$(ss -ltn 2>/dev/null | grep -c ':9229 ')"
tlw "$cli" export --root "$root" >/dev/null; fact export $?
systemctl --user kill --signal=USR2 --kill-who=main "$unit"; sleep 1
fact after_usr2 "$(show ActiveState)"
systemctl --user reload "$unit"; sleep 1
fact after_reload "$(show ActiveState)"
fact workbook "$([ -n "$before" ] && [ -s "$root/master.xlsx" ] && echo there)"

kill -9 "$(show MainPID)"
wait_for NRestarts '^1$' 30; wait_for ActiveState '^active$' 30
fact restarts "$(show NRestarts)"
wait_for StatusText 'watching 2 experiments' 60; fact after_kill "$(show StatusText)"

started=$SECONDS
systemctl --user stop "$unit"
fact stop_seconds $((SECONDS - started))
fact result "$(show Result)"
fact rows "$(tlw "$cli" runs --root "$root" --format json 2>/dev/null | grep -c '"status"')"

mkdir -p "$XDG_CONFIG_HOME/training-log-wizard"
echo 'dpeth: 3' >"$XDG_CONFIG_HOME/training-log-wizard/config.yaml"
systemctl --user reset-failed "$unit" 2>/dev/null
systemctl --user start "$unit" 2>/dev/null; wait_for ActiveState '^failed$' 30
fact bad_config "$(show ExecMainStatus)"
sleep 1
fact bad_config_restarts "$(show NRestarts)"
rm "$XDG_CONFIG_HOME/training-log-wizard/config.yaml"

tlw "$cli" service uninstall >/dev/null 2>&1; fact uninstall $?
fact left "$(find "$XDG_CONFIG_HOME/systemd/user" -name 'training-log-wizard*' | wc -l)"
