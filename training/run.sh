#!/usr/bin/env bash
# Makes models/demo from Caltech-101: training/run.sh DATA TEACHER
#   DATA     folder of Caltech-101 with 101_ObjectCategories, train.txt and test.txt
#   TEACHER  an ONNX classifier of ImageNet with an RGB input, x / 127.5 - 1; see README.md
set -euo pipefail
if [ $# -ne 2 ]; then
    sed -n '2,4s/^# //p' "$0" >&2
    exit 64
fi
data=$(realpath "$1") teacher=$(realpath "$2")
cd "$(dirname "$0")/.."
venv=.deps/training-venv cache=.deps/training
if [ ! -e $venv/.done ]; then
    python3 -m venv $venv
    $venv/bin/pip install -q -r training/requirements.txt
    touch $venv/.done
fi
python() { $venv/bin/python "$@"; }
# One thread for each of its workers.
OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python training/prepare.py --data "$data" --teacher "$teacher" --cache $cache
python training/train.py --cache $cache --out $cache/student.pt
mkdir -p models/demo
python training/export.py --weights $cache/student.pt --out models/demo/demo.onnx
python training/evaluate.py --data "$data" --model models/demo/demo.onnx --out models/demo/figures.md
