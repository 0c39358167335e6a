#!/bin/sh
# A store by a Slurm array on this machine, with two tasks that die: scripts/slurm-test.sh BIN_DIR
# Starts a Slurm of its own (one node, own ports, own key) and stops it.
set -eu
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
binaries=$(CDPATH= cd -- "${1:?"usage: scripts/slurm-test.sh BIN_DIR"}" && pwd)
PATH="$binaries:$PATH:/usr/sbin:/sbin"
export PATH
if [ ! -x "$binaries/to-zarr" ] || [ ! -x "$binaries/inspect" ]; then
    echo "error: no to-zarr and inspect in $binaries" >&2
    echo "hint: make build" >&2
    exit 1
fi

skip() {
    echo "SKIPPED Slurm: $1"
    exit 0
}

installed() {
    for program in slurmctld slurmd sbatch munged; do
        command -v "$program" >/dev/null || return 1
    done
}

install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends slurm-wlm munge >/dev/null 2>&1
}

if ! installed; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || skip "sudo apt-get install -y slurm-wlm munge"
    echo "installing slurm-wlm and munge"
    install || { apt-get update -q >/dev/null 2>&1 && install; } || true
    installed || skip "slurm-wlm and munge could not be installed"
fi

work=$(mktemp -d "${TMPDIR:-/tmp}/slurm-test.XXXXXX")
host=$(hostname -s)
user=$(id -un)

# The daemons tell their numbers in files; they end with us, however we end.
clean() {
    status=$?
    trap - EXIT INT TERM HUP
    [ "$status" = 0 ] || tail -n 20 "$work"/log/* "$work"/*.log >&2 2>/dev/null || true
    scancel --user="$user" >/dev/null 2>&1 || true
    for daemon in slurmd slurmctld munged; do
        number=$(cat "$work/$daemon.pid" 2>/dev/null) || continue
        kill "$number" 2>/dev/null || continue
        waited=0
        while kill -0 "$number" 2>/dev/null; do
            waited=$((waited + 1))
            [ "$waited" -le 50 ] || { kill -9 "$number" 2>/dev/null || true; }
            sleep 0.1
        done
    done
    rm -rf "$work"
    exit "$status"
}
trap clean EXIT
trap 'exit 1' INT TERM HUP

fail() {
    echo "error: $1" >&2
    exit 1
}

start() {
    mkdir -p "$work/state" "$work/spool" "$work/log" "$work/munge"
    chmod 755 "$work"
    chmod 700 "$work/munge"
    dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 2>/dev/null
    chmod 400 "$work/munge/key"
    # Processes that are one node do not see more cores than there are, unless told.
    cat >"$work/slurm.conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$work/munge/socket
SlurmctldPort=16827
SlurmdPort=16828
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/log/slurmctld
SlurmdLogFile=$work/log/slurmd
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
MpiDefault=none
KillWait=1
SchedulerParameters=batch_sched_delay=0,sched_interval=1
NodeName=$host NodeAddr=127.0.0.1 CPUs=8 RealMemory=2000 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
    SLURM_CONF="$work/slurm.conf"
    export SLURM_CONF
    munged --force --key-file="$work/munge/key" --socket="$work/munge/socket" --pid-file="$work/munged.pid" \
        --log-file="$work/log/munged" --seed-file="$work/munge/seed" >/dev/null 2>&1
    slurmctld -i
    slurmd
    waited=0
    until sinfo --noheader --format=%T 2>/dev/null | grep -q idle; do
        waited=$((waited + 1))
        [ "$waited" -le 100 ] || fail "Slurm did not start within 20 s"
        sleep 0.2
    done
}

# Until none of these jobs is left.
finish() {
    waited=0
    while squeue --noheader --jobs="$1" 2>/dev/null | grep -q .; do
        waited=$((waited + 1))
        [ "$waited" -le 200 ] || fail "job $1 did not end within 40 s"
        sleep 0.2
    done
}

submit() {
    sbatch --parsable --mem=100M --cpus-per-task=1 --output="$work/%A_%a.log" "$@"
}

began=$(date +%s)
start
cd "$work"
input="$home/test-data/coads_climatology.cdf"
to-zarr "$input" -o once.zarr --chunk TIME=1 -q
to-zarr plan "$input" --store many.zarr -o plan.json --tasks 8 --chunk TIME=1 -q
to-zarr init plan.json -q

# Task 3 is cancelled; task 5 dies as it writes its first object, of which no more than a kilobyte may be written.
cat >dying.sh <<SH
#!/bin/sh
case \$SLURM_ARRAY_TASK_ID in
    3) touch "$work/waiting"; sleep 600 ;;
    5) ulimit -c 0; ulimit -f 2 ;;
esac
exec sh "$home/scripts/slurm/to-zarr.sh" plan.json
SH
array=$(submit --array=0-7 dying.sh)
last=$(submit --dependency="afterok:$array" --kill-on-invalid-dep=yes --wrap 'to-zarr finalise plan.json')
waited=0
until [ -e waiting ]; do
    waited=$((waited + 1))
    [ "$waited" -le 100 ] || fail "the array did not start within 20 s"
    sleep 0.2
done
scancel "${array}_3"
finish "$array"
finish "$last"
inspect many.zarr >/dev/null 2>&1 && fail "an unfinished store can be opened"
if to-zarr finalise plan.json 2>said; then
    fail "finalise took a store with holes"
fi
grep -q "2 of 8 tasks did not deliver: tasks 3,5" said || fail "finalise does not name the holes: $(cat said)"
grep -q -- "sbatch --array=3,5" said || fail "finalise does not say how to go on: $(cat said)"
echo "ok: two of eight tasks died, finalise names them: $(head -n 1 said)"

# As the hint says; the last job comes by itself.
array=$(submit --array=3,5 "$home/scripts/slurm/to-zarr.sh" plan.json)
last=$(submit --dependency="afterok:$array" --kill-on-invalid-dep=yes --wrap 'to-zarr finalise plan.json')
finish "$array"
finish "$last"
inspect many.zarr --compare once.zarr || fail "the store differs from one that was made at once"
leftovers=$(find many.zarr -type f ! -name zarr.json ! -path '*/c/*' ! -path '*/c')
[ -z "$leftovers" ] || fail "left over in the store: $leftovers"
echo "ok: done again and finished, the store is the same as one made at once"
echo "Slurm: an array of 8 tasks in $(($(date +%s) - began)) s"
