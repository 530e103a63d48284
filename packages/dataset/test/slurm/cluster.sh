#!/bin/bash
# A Slurm cluster of one node on loopback, for tests: `cluster.sh start FOLDER` and `cluster.sh stop FOLDER`.
# Needs slurmctld, slurmd, munged and root. FOLDER/slurm.conf is what SLURM_CONF has to name.
set -euo pipefail
action=$1
folder=$2
host=$(hostname -s)

start() {
  mkdir -p "$folder"/{state,spool,munge}
  chmod 755 "$folder" "$folder"/*
  # munged insists on owners and modes, and that nobody else can write to the folders above its files.
  head -c 128 /dev/urandom >"$folder/munge/munge.key"
  chmod 400 "$folder/munge/munge.key"
  munged --force --key-file "$folder/munge/munge.key" --socket "$folder/munge/socket" \
    --pid-file "$folder/munge/pid" --log-file "$folder/munge/log" --seed-file "$folder/munge/seed"
  cat >"$folder/slurm.conf" <<CONF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${SLURMCTLD_PORT:-16817}
SlurmdPort=${SLURMD_PORT:-16818}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket,cred_expire=5
CryptoType=crypto/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1,batch_sched_delay=0,requeue_delay=1
SlurmdParameters=config_overrides
MaxArraySize=${MAX_ARRAY_SIZE:-5}
MinJobAge=300
KillWait=5
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=8 RealMemory=4000 State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=60 State=UP
CONF
  export SLURM_CONF=$folder/slurm.conf
  slurmctld -c -f "$SLURM_CONF"
  slurmd -f "$SLURM_CONF" -N "$host"
  for _ in $(seq 100); do
    sinfo --noheader --format=%T 2>/dev/null | grep -q idle && return
    sleep 0.1
  done
  echo "the node did not come up:" >&2
  tail -n 20 "$folder"/*.log >&2
  return 1
}

stop() {
  for file in "$folder/slurmd.pid" "$folder/slurmctld.pid" "$folder/munge/pid"; do
    pid=$(cat "$file" 2>/dev/null) || continue
    # Nothing of it is kept, so nothing has to be put in order.
    kill -KILL "$pid" 2>/dev/null || continue
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  done
}

"$action"
