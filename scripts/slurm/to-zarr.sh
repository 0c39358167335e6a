#!/bin/sh
# One task of a plan as one element of a Slurm array. From files to store:
#
#   to-zarr plan data/*.nc --store /scratch/me/store.zarr -o plan.json --tasks 64 --optimise-for balanced
#   to-zarr init plan.json
#   array=$(sbatch --parsable --array=0-63 to-zarr.sh plan.json)
#   sbatch --dependency=afterok:$array --kill-on-invalid-dep=yes --wrap 'to-zarr finalise plan.json'
#
#SBATCH --job-name=to-zarr
#SBATCH --cpus-per-task=2
#SBATCH --mem=4G
#SBATCH --time=01:00:00
#SBATCH --output=to-zarr-%A_%a.log
set -eu
plan=${1:?"usage: sbatch --array=0-LAST to-zarr.sh PLAN.json"}
# Slurm tells the memory in MiB. Half is for data in flight: metadata and buffers of the file libraries come on top.
exec to-zarr work "$plan" --threads "${SLURM_CPUS_PER_TASK:-1}" --memory "$((${SLURM_MEM_PER_NODE:-2048} / 2))M" \
    --progress log
