#!/usr/bin/env bash
# Trains once for every combination of the hyper-parameter values below, each in a folder of its own whose name says
# the values and whose log is what TrainingLogWizard reads:
#
#   OUTPUTS/experiments_2_nodes/ppn_1-cps_24-…-dpout_0.5/ppn_1-cps_24-…-dpout_0.5.log
#
# A folder that is there already is skipped and noted in the skip report, so that a sweep that was interrupted can be
# started again. Change the lists and the command in `train` to your own.
set -euo pipefail

usage() {
  cat <<EOF
Usage: ${0##*/} [options]

  -o, --outputs DIR   where the experiments go (default: OUTPUTS)
  -H, --hosts LIST    hosts, separated by commas (default: localhost)
  -s, --script FILE   the training script (default: train.py)
  -r, --repeats N     train N times with each combination; folders end in -rep_1 … -rep_N (default: 1, no ending)
  -n, --dry-run       print the commands, run and create nothing
  -h, --help          print this
EOF
}

# What is swept. A list of dropout rates is one value: 0.5_0.3 is 0.5 in the first layer and 0.3 in the second.
PPN_LIST=(1 2)                # processes per socket
CPS_LIST=(24 12)              # cores per process, one for each value of PPN_LIST
INTER_LIST=(2)                # inter-operation threads
BLOCKTIME_LIST=(0 60)         # KMP_BLOCKTIME, ms
IMAGES_LIST=(6982)            # training images
LR_LIST=(0.01 0.001 1e-05)    # learning rate
MOMENTUM_LIST=(0.9)
BATCH_LIST=(16 64)            # batch size of each process
DROPOUT_LIST=(0.5 0.5_0.3)

OUTPUTS=OUTPUTS
HOSTS=localhost
SCRIPT=train.py
REPEATS=1
DRY_RUN=false

main() {
  parse_options "$@"
  check_lists
  local commas=${HOSTS//[^,]/}
  local folder=$OUTPUTS/experiments_$((${#commas} + 1))_nodes
  SKIP_REPORT=$folder/skipped.txt
  $DRY_RUN || { mkdir -p "$folder" && : >"$SKIP_REPORT"; }
  for i in "${!PPN_LIST[@]}"; do
    ppn=${PPN_LIST[$i]} cps=${CPS_LIST[$i]}
    for inter in "${INTER_LIST[@]}"; do
      for bt in "${BLOCKTIME_LIST[@]}"; do
        for img in "${IMAGES_LIST[@]}"; do
          for lr in "${LR_LIST[@]}"; do
            for mom in "${MOMENTUM_LIST[@]}"; do
              for bs in "${BATCH_LIST[@]}"; do
                for dpout in "${DROPOUT_LIST[@]}"; do
                  repeat "$folder" "ppn_$ppn-cps_$cps-intra_$cps-inter_$inter-bt_$bt-img_$img-lr_$lr-mom_$mom-bs_$bs-dpout_$dpout"
                done
              done
            done
          done
        done
      done
    done
  done
  if $DRY_RUN; then
    echo "$RUN experiments would run, $SKIPPED are there already"
  else
    echo "$RUN experiments run, $FAILED of them failed; $SKIPPED were there already (see $SKIP_REPORT)"
  fi
}

parse_options() {
  while [ $# -gt 0 ]; do
    case $1 in
      -o | --outputs) OUTPUTS=$(value_of "$@"); shift ;;
      -H | --hosts) HOSTS=$(value_of "$@"); shift ;;
      -s | --script) SCRIPT=$(value_of "$@"); shift ;;
      -r | --repeats) REPEATS=$(value_of "$@"); shift ;;
      -n | --dry-run) DRY_RUN=true ;;
      -h | --help) usage && exit 0 ;;
      *) stop "unknown option $1" ;;
    esac
    shift
  done
  [[ $REPEATS =~ ^[1-9][0-9]*$ ]] || stop "--repeats: expected a number from 1, got '$REPEATS'"
}

value_of() {
  [ $# -ge 2 ] || stop "$1 needs a value"
  printf '%s\n' "$2"
}

stop() {
  echo "${0##*/}: $1 (see --help)" >&2
  exit 64
}

check_lists() {
  [ ${#PPN_LIST[@]} -eq ${#CPS_LIST[@]} ] || stop "PPN_LIST and CPS_LIST must have as many values as each other"
  $DRY_RUN || command -v mpirun >/dev/null || stop "mpirun is not in PATH; try --dry-run"
}

# repeat FOLDER NAME: once, or under as many names as there are repeats
repeat() {
  local k
  if [ "$REPEATS" -eq 1 ]; then
    experiment "$1" "$2"
    return
  fi
  for ((k = 1; k <= REPEATS; k++)); do experiment "$1" "$2-rep_$k"; done
}

RUN=0 SKIPPED=0 FAILED=0
# experiment FOLDER NAME: one training in FOLDER/NAME, unless that is there
experiment() {
  if [ -e "$1/$2" ]; then
    SKIPPED=$((SKIPPED + 1))
    if $DRY_RUN; then echo "skip  $1/$2"; else echo "$2" >>"$SKIP_REPORT"; fi
    return
  fi
  RUN=$((RUN + 1))
  if $DRY_RUN; then
    train "$1" "$2"
    return
  fi
  mkdir -p "$1/$2"
  echo "[$(date +%H:%M:%S)] $2"
  # One experiment that fails is a result; the sweep goes on. The trap is there for what ends the script itself.
  (
    trap 'read_log "$1/$2" "$2"' EXIT
    train "$1" "$2" 2>&1 | tee "$1/$2/$2.log"
  ) || FAILED=$((FAILED + 1))
}

# read_log FOLDER NAME: the package and the report beside the log, here where the processors are: the watcher takes them
# over and need not read the log. Without tlw, or where it fails, the watcher does it all; the sweep is none the worse.
read_log() {
  if [ -s "$1/$2.log" ] && command -v tlw >/dev/null; then
    tlw parse "$1/$2.log" --root "$OUTPUTS" --out "$1" 2>/dev/null || echo "the log of $2 could not be read here" >&2
  fi
}

# train FOLDER NAME: the command of one experiment, with the values that main has set; a dry run prints it
train() {
  local rates command
  IFS=_ read -ra rates <<<"$dpout"
  command=(
    mpirun --tag-output --report-bindings --oversubscribe
    -H "$HOSTS" --map-by "ppr:$ppn:socket:pe=$cps"
    -x "KMP_BLOCKTIME=$bt" -x "OMP_NUM_THREADS=$cps"
    python "$SCRIPT" --output_dir "$1/$2"
    --intra_threads "$cps" --inter_threads "$inter" --images "$img" --learning_rate "$lr"
    --momentum "$mom" --batch_size "$bs" --dropout "${rates[@]}"
  )
  if $DRY_RUN; then printf 'train %s 2>&1 | tee %s.log\n' "${command[*]}" "$1/$2/$2"; else "${command[@]}"; fi
}

main "$@"
