#!/usr/bin/env bash
# Upstream's suite of kubectl in the working directory, which holds what it needs of the module k8s.io/kubernetes, against the server at
# SECURE_API_PORT of this machine that is there already. WHAT names suites, all without it.
set -o errexit -o nounset -o pipefail

KUBE_ROOT=$PWD
source hack/lib/init.sh
source hack/lib/test.sh
source test/cmd/legacy-script.sh

# Both programs are built, and the server keeps its data itself.
make() { :; }
kube::etcd::start() { :; }
kube::etcd::cleanup() { :; }

setup
# Without a kubelet somebody else has to register the node that the suite counts on; the annotation gives it a manager of fields.
printf '%s' '{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "127.0.0.1", "annotations": {"save-managers": "true"}}, "status": {"capacity": {"memory": "1Gi"}}}' | kubectl create -f -
SUPPORTED_RESOURCES=('*')
runTests
