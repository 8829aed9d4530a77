#!/usr/bin/env bash
# systemd-faults.sh CLI ROOT: what the service must survive; prints `fact=value` lines for systemd.test.ts.
set -uo pipefail
cli=$1 root=$2
unit=training-log-wizard.service
show() { systemctl --user show "$unit" --property="$1" --value; }
wait_for() { # PROPERTY PATTERN SECONDS
  for _ in $(seq $(($3 * 5))); do [[ $(show "$1") =~ $2 ]] && return 0; sleep 0.2; done
  return 1
}
fact() { printf '%s=%s\n' "$1" "$2"; }
restart() { # OPTION…: as a person would who mended it, so that systemd does not count it
  systemctl --user reset-failed "$unit" 2>/dev/null
  systemctl --user restart "$@" "$unit"
}
freeze() { # stops the daemon, and never the test itself
  local pid
  pid=$(show MainPID)
  [[ $pid -gt 1 ]] || { fact frozen none; exit 1; }
  kill -STOP "$pid"
}
drop_in() { # LINE…
  printf '%s\n' '[Service]' "$@" >"$XDG_CONFIG_HOME/systemd/user/$unit.d/test.conf"
  systemctl --user daemon-reload
}

node "$cli" service install --root "$root" >/dev/null 2>&1; fact install $?
fact host "$(grep -c "^ConditionHost=$(hostname)$" "$XDG_CONFIG_HOME/systemd/user/$unit.d/host.conf")"
wait_for StatusText 'watching 2 experiments.*last workbook' 90; fact status "$(show StatusText)"
fact doctor_unit "$(node "$cli" doctor --json --root "$root" | grep -c 'systemd finds nothing wrong with it')"

# SD11: a reload that comes before the program has a handler.
first=$(show MainPID)
restart --no-block
for _ in $(seq 500); do pid=$(show MainPID); [[ $pid != 0 && $pid != "$first" ]] && break; done
kill -HUP "$pid"; fact early_signal $?
wait_for ActiveState '^active$' 60; fact after_early_reload "$(show ActiveState)"
# SD11: and as soon as systemd allows one.
restart; systemctl --user reload "$unit"; fact reload $?
wait_for StatusText 'watching 2 experiments' 60; fact after_reload "$(show ActiveState)"

# PR13: its files are replaced; it ends by itself, and is started again.
drop_in RestartSec=1
restart; wait_for StatusText 'watching 2 experiments' 60
before=$(show NRestarts)
cp "$cli" "$cli.new" && mv "$cli.new" "$cli"
node "$cli" rescan --root "$root" >/dev/null 2>&1
for _ in $(seq 300); do [[ $(show NRestarts) -gt $before ]] && break; sleep 0.2; done
wait_for StatusText 'watching 2 experiments' 60; fact after_upgrade "$(show StatusText)"
fact upgrade_restarts "$(($(show NRestarts) - before))"

# SD7: a loop that stands still.
drop_in WatchdogSec=20 RestartSec=1
restart; wait_for StatusText 'watching 2 experiments' 60
before=$(show NRestarts)
sleep 25; fact watchdog_fed "$(($(show NRestarts) - before))"
freeze
for _ in $(seq 300); do [[ $(show NRestarts) -gt $before ]] && break; sleep 0.2; done
wait_for StatusText 'watching 2 experiments' 60
fact watchdog_restarts "$(($(show NRestarts) - before))"
fact after_watchdog "$(show StatusText)"

# SD10: one that does not hear that it is to stop.
drop_in TimeoutStopSec=3 WatchdogSec=0
restart; wait_for StatusText 'watching 2 experiments' 60
freeze
# systemd wakes what it ends; this one is put to sleep again and again, until it is gone.
hung=$(show MainPID)
while kill -STOP "$hung" 2>/dev/null; do sleep 0.01; done &
started=$SECONDS; systemctl --user stop "$unit"; fact hang_stopped $((SECONDS - started))
wait
fact hang_state "$(show ActiveState)"
fact rows "$(node "$cli" runs --root "$root" --format json 2>/dev/null | grep -c '"status"')"

# PR10: a crash loop ends, and is explained.
drop_in RestartSec=0 'ExecStart=' 'ExecStart=/bin/false' 'Type=exec'
systemctl --user reset-failed "$unit" 2>/dev/null
systemctl --user start "$unit" 2>/dev/null; wait_for Result '^(start-limit-hit|exit-code)$' 30; wait_for ActiveState '^failed$' 30
fact loop_state "$(show ActiveState)"
fact loop_explained "$(node "$cli" doctor --json --root "$root" | grep -c 'reset-failed')"
fact loop_status "$(node "$cli" service status | grep -c 'reset-failed')"
# What a person mended is started by the installation, whatever systemd counted before.
rm "$XDG_CONFIG_HOME/systemd/user/$unit.d/test.conf"
node "$cli" service install --root "$root" >/dev/null 2>&1; fact mended $?
fact after_mended "$(show ActiveState)"
node "$cli" service uninstall >/dev/null 2>&1; fact uninstall $?
