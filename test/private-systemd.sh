#!/usr/bin/env bash
# private-systemd.sh HOME COMMAND…: runs a command inside a `systemd --user` that nobody else sees: its own mounts, processes
# and control groups. Needs root, systemd and dbus; whatever it starts ends with it. Exit status is the command's.
set -euo pipefail
home=$1
shift
group=tlw-test-$$
trees=()
for tree in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
  if [[ -f $tree/cgroup.procs ]]; then trees+=("$tree"); fi
done
# The manager moves processes between groups: it gets a group of its own to do so in.
for tree in "${trees[@]}"; do mkdir -p "$tree/$group" && echo $$ >"$tree/$group/cgroup.procs"; done
leave() {
  for tree in "${trees[@]}"; do
    echo $$ >"$tree/cgroup.procs" || true
    find "$tree/$group" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  done
}
trap leave EXIT
export home
unshare --mount --pid --fork --mount-proc --cgroup --kill-child bash -euc '
  mount --make-rprivate /
  mount -t tmpfs -o mode=755 tmpfs /run
  runtime=/run/user/$(id -u)
  mkdir -p /run/systemd/system /run/systemd/unit-root "$runtime" && chmod 700 "$runtime"
  umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup
  mkdir /sys/fs/cgroup/caller /sys/fs/cgroup/manager && echo 0 >/sys/fs/cgroup/caller/cgroup.procs
  clean=(env -i HOME="$home" USER=root PATH="$PATH" XDG_RUNTIME_DIR="$runtime" XDG_CONFIG_HOME="$home/config" XDG_STATE_HOME="$home/state")
  ( echo 0 >/sys/fs/cgroup/manager/cgroup.procs
    exec "${clean[@]}" SYSTEMD_LOG_TARGET=console /lib/systemd/systemd --user >"$home/manager.log" 2>&1 ) &
  manager=$!
  for _ in $(seq 100); do [[ -S $runtime/systemd/private ]] && break; sleep 0.1; done
  code=0
  "${clean[@]}" DBUS_SESSION_BUS_ADDRESS="unix:path=$runtime/bus" "$@" || code=$?
  "${clean[@]}" systemctl --user exit || true
  wait "$manager" || true
  exit "$code"
' private-systemd "$@"
