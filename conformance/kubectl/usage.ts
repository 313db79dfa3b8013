import type { Omission, Step } from './script.ts';

const unordered = true;
const progress: Omission = { lines: /^Waiting for /, because: 'how many of these lines there are depends on the speed of the machine' };
const places: Omission = { lines: /Pod\/front|^Name: |NodeName: /, because: 'generated names, in the order of their addresses' };
const claims = `cut -d. -f2 | tr _- /+ | sed 's/$/==/' | base64 -d 2>/dev/null | sed -E 's/"(exp|iat|nbf|warnafter)":[0-9]+/"\\1":0/g; s/"node-."/"node"/'`;
const rolledOut = (name: string): Step => ({ wait: `kubectl rollout status ${name} --timeout=20s` });
const applySet = 'KUBECTL_APPLYSET=true kubectl apply -n default --prune';

/** Less common ways to use kubectl: its forms of output, waiting, sets that are pruned, subresources, tokens, debugging, proxies. */
export const usage: readonly Step[] = [
  { wait: `[ "$(kubectl get nodes --no-headers | grep -c ' Ready ')" = 3 ]` },
  { wait: 'kubectl get serviceaccount default' },
  { run: 'kubectl apply -f stack.yaml' },
  rolledOut('deployment/front'),
  { wait: 'kubectl wait pod/solid --for=condition=Ready --timeout=10s' },
  { wait: `kubectl wait pod/homeless pod/greedy --for=jsonpath='{.status.conditions[0].reason}'=Unschedulable --timeout=10s` },
  { wait: `[ "$(kubectl get pdb front -o jsonpath={.status.currentHealthy})" = 3 ]` },

  // Output.
  {
    run: `kubectl get pods --sort-by=.metadata.labels.app -o custom-columns='NAME:.metadata.labels.app,IMAGES:.spec.containers[*].image,NONE:.spec.nothing,CPU:.spec.containers[?(@.name=="main")].resources.requests.cpu'`,
  },
  {
    run: `kubectl get pod solid -o jsonpath='{.spec.containers[-1:].name} {..image} {range .spec.containers[*]}{@.name}{"="}{@.resources}{"\\n"}{end}'`,
  },
  {
    run: `kubectl get pod solid -o go-template='{{.metadata.name}} {{len .spec.containers}} {{if eq .status.qosClass "Burstable"}}yes{{end}} {{range .spec.tolerations}}{{.key}}:{{.tolerationSeconds}} {{end}}{{.nothing}}{{"\\n"}}'`,
  },
  { run: 'kubectl get service front -o kyaml', since: 34 },
  { run: 'kubectl get pods --server-print=false -l app=solid' },
  { run: 'kubectl get deployment front --subresource=scale' },
  { run: 'kubectl get deployment front --subresource=scale -o yaml' },
  { run: 'kubectl get pod solid --subresource=status -o jsonpath={.kind}; kubectl get pod solid --subresource=nothing' },
  { run: 'kubectl get pods -l app=front --chunk-size=1 --no-headers | wc -l' },
  { run: 'kubectl get pods --field-selector=status.phase=Pending,spec.nodeName= -o name' },
  { run: 'kubectl get pods --field-selector=spec.containers=1; kubectl get pods --field-selector=nothing' },
  { run: "kubectl get pods -l 'app notin (front, solid), app' -o name; kubectl get pods -l '-bad'" },
  { run: 'kubectl get po/solid deploy/front pods/nothing svc/front' },
  { run: 'kubectl get deployments.v1beta1.apps front' },
  { run: "kubectl get --raw '/api/v1/namespaces/default/pods?limit=1&fieldSelector=metadata.name%3Dsolid' | head -c 60" },
  { run: "kubectl get --raw '/livez?verbose&exclude=etcd'" },
  { run: 'kubectl get --raw /readyz/nothing; kubectl get --raw /apis/nothing.example.com/v1; kubectl get --raw /logs/' },
  { run: 'kubectl get pods -w --output-watch-events --request-timeout=2s -l app=solid' },

  // Descriptions of what has happened.
  { run: 'kubectl describe pod homeless' },
  { run: 'kubectl describe pods -l app=greedy' },
  { run: 'kubectl describe pdb front && kubectl describe service front' },
  { run: 'kubectl describe endpointslices -l kubernetes.io/service-name=front', omit: places },
  { run: 'kubectl events --for pod/homeless' },
  {
    run: `kubectl get events -o custom-columns=TYPE:.type,REASON:.reason,OBJECT:.involvedObject.name,COUNT:.count,FROM:.source.component,REPORTER:.reportingComponent --field-selector involvedObject.kind=Pod,involvedObject.name=greedy`,
  },

  // Waiting.
  {
    run: `kubectl wait --for=create configmap/late --timeout=10s > $TMPDIR/waited & kubectl create configmap late; wait; cat $TMPDIR/waited`,
  },
  { run: `kubectl wait pod -l app=front --for=condition=Ready --timeout=5s | sed 's/front-.* cond/front cond/'` },
  { run: `kubectl wait pod/homeless --for=condition=PodScheduled=false --timeout=5s` },
  { run: `kubectl wait pod/solid --for=jsonpath='{.status.phase}'=Running --for=condition=Ready --timeout=5s -o name` },
  { run: `kubectl wait pod/solid --for=jsonpath='{.status.phase}'=Failed --timeout=1s` },

  // Rollouts.
  {
    run: 'kubectl rollout pause deployment -l app=front && kubectl set image deployment/front web=nginx:1.29 && kubectl rollout status deployment/front --watch=false; kubectl rollout undo deployment/front',
  },
  { run: 'kubectl rollout resume deployment -l app=front' },
  { run: 'kubectl rollout status deployment/front --revision=2 --timeout=20s', omit: progress },
  { run: 'kubectl rollout undo deployment/front --to-revision=1' },
  { run: 'kubectl rollout status deployment/front --revision=2 --timeout=5s', omit: progress },
  rolledOut('deployment/front'),
  { run: 'kubectl rollout restart deployment -l app=front -o name' },
  rolledOut('deployment/front'),
  { run: `kubectl rollout history deployment/front --revision=4 | grep -v -e hash -e restartedAt` },
  { run: 'kubectl scale pod solid --replicas=2' },
  { run: 'kubectl autoscale deployment front --max=4 --cpu=500m --memory=60% --dry-run=server -o yaml', since: 34 },
  { run: 'kubectl expose pod solid --port=80 --target-port=8080 --session-affinity=ClientIP --dry-run=server -o yaml' },

  // Sets that are applied, and pruned.
  { run: `${applySet} --applyset=basket -f applyset.yaml`, since: 27 },
  { run: 'kubectl get secret basket -o yaml', since: 27 },
  { run: `${applySet} --applyset=basket -f applyset-smaller.yaml --dry-run=server | sort`, since: 27 },
  { run: `${applySet} --applyset=configmap/nothing -f applyset-smaller.yaml`, since: 27 },
  { run: `${applySet} --applyset=basket -f applyset-smaller.yaml --server-side | sort`, since: 27 },
  { run: `${applySet} --applyset=basket -f applyset-smaller.yaml --server-side --force-conflicts`, since: 27 },
  { run: `${applySet} --applyset=other -f applyset-smaller.yaml`, since: 27 },
  { run: 'kubectl get configmap kept -o yaml --show-managed-fields', since: 27 },

  // Differences.
  { run: `kubectl diff -f applyset.yaml | grep '^[-+ ]' | grep -v -e '^---' -e '^+++' -e uid: -e Timestamp -e time:` },
  { run: 'kubectl diff -f stack.yaml' },
  { run: `sed 's/minAvailable: 3/minAvailable: -2/' stack.yaml | kubectl diff -f -` },
  { run: `sed 's/port: 80,/port: 81,/' stack.yaml | kubectl diff --server-side -f - | grep '^[-+] '` },
  { run: `sed 's/name: side/name: aside/' stack.yaml | kubectl apply -f - 2>&1 | grep -v -e '^[-+ ]' -e '^$'` },
  { run: `sed 's/minAvailable: 3/minAvailable: 2/' stack.yaml | kubectl apply -f - --dry-run=server` },
  { run: 'kubectl apply -f stack.yaml --server-side --field-manager=other' },
  { run: `printf 'kind: Nothing\\napiVersion: example.com/v1\\nmetadata: {name: a}\\n' | kubectl apply -f -` },
  { run: `printf 'kind: ConfigMap\\nmetadata: {name: a}\\n' | kubectl apply -f -` },
  {
    run: `printf 'kind: ConfigMap\\napiVersion: v1\\ndata: {a: 1, b: true, c: [x]}\\nmetadata: {name: a, labels: {x: 1}}\\n' | kubectl create -f -`,
  },

  // Subresources.
  {
    run: `kubectl patch pod solid -p '{"spec":{"containers":[{"name":"main","resources":{"requests":{"cpu":"160m"}}}]}}' 2>&1 | head -1`,
  },
  { run: `kubectl patch deployment front --subresource=scale --type=merge -p '{"spec":{"replicas":2}}' -o jsonpath={.spec}` },
  {
    run: `kubectl patch node node-2 --subresource=status --type=merge -p '{"status":{"capacity":{"example.com/fruit":"3"}}}' -o jsonpath='{.status.capacity.example\\.com/fruit}'`,
  },
  {
    run: `printf 'apiVersion: apps/v1\\nkind: Deployment\\nmetadata: {name: front}\\nstatus: {replicas: 3}\\n' | kubectl apply --server-side --subresource=status --field-manager=me -f -`,
  },
  rolledOut('deployment/front'),

  // Identities.
  { run: `kubectl create token default --audience=me --audience=you --duration=601s | ${claims}` },
  { run: `kubectl create token default --bound-object-kind=Pod --bound-object-name=solid | ${claims}` },
  { run: `kubectl create token default --bound-object-kind=Secret --bound-object-name=nothing` },
  { run: `kubectl create token default --bound-object-kind=Node --bound-object-name=node-1 --bound-object-uid=wrong`, since: 31 },
  { run: `kubectl create token default --duration=1s; kubectl create token nothing` },
  { run: `kubectl create token default -o yaml | grep -v -e token: -e expirationTimestamp` },
  { run: 'kubectl auth whoami --as=system:serviceaccount:default:robot --as-uid=7 --as-group=a --as-group=b -o yaml', since: 28 },
  { run: 'kubectl auth can-i --list --as=system:serviceaccount:default:default --no-headers' },
  {
    run: 'kubectl auth can-i get nothing; kubectl auth can-i use pods/exec; kubectl auth can-i create tokens.authentication.k8s.io; kubectl auth can-i get pods/solid --as=bob',
  },
  {
    run: `kubectl auth reconcile -f rbac.yaml -o name && sed 's/list/watch/; s/carol/dora/' rbac.yaml | kubectl auth reconcile -f - --remove-extra-permissions --remove-extra-subjects && kubectl describe role,rolebinding readers`,
  },
  { run: 'kubectl create role more --verb=get --resource=secrets --as=system:serviceaccount:default:default' },
  { run: 'kubectl certificate approve nothing; kubectl certificate deny nothing; kubectl get secrets --token=wrong' },

  // Debugging.
  { run: 'kubectl debug solid --image=busybox --target=main -c helper --profile=restricted --attach=false -- date', since: 31 },
  { run: 'kubectl get pod solid -o jsonpath={.spec.ephemeralContainers}', since: 31 },
  { run: 'kubectl debug solid --image=busybox -c helper --attach=false', since: 31 },
  { run: 'kubectl debug solid --image=busybox -c other --target=nothing --attach=false', since: 31 },
  { run: 'kubectl debug solid --copy-to=copy --set-image=*=redis --share-processes --keep-labels --attach=false', since: 32 },
  { run: 'kubectl get pod copy -o jsonpath={.spec.containers[*].image}{.metadata.labels}', since: 32 },
  {
    run: 'kubectl debug node/node-1 --image=busybox --profile=sysadmin --attach=false | sed "s/node-debugger-node-1-...../debugger/"',
    since: 31,
  },
  { run: `kubectl get pods -o jsonpath='{range .items[?(@.spec.hostPID)]}{.spec}{end}'`, since: 31 },
  { run: 'kubectl exec nothing -- date; kubectl attach nothing; kubectl port-forward service/nothing 1' },
  { run: 'kubectl exec solid -c nothing -- date; kubectl logs homeless; kubectl exec homeless -- date' },
  { run: 'kubectl logs -l app=nothing; kubectl port-forward service/front 8080:99; kubectl cp nothing:/tmp/a /tmp/b' },
  { run: 'kubectl top pod solid; kubectl top node node-1' },
  { run: "kubectl get --raw '/api/v1/namespaces/default/pods/solid/log?container=main&tailLines=-1'" },

  // Proxies.
  {
    run: `kubectl proxy --port=0 > $TMPDIR/proxy & until [ -s $TMPDIR/proxy ]; do sleep 0.1; done; at=http://127.0.0.1:$(sed 's/.*://' $TMPDIR/proxy); curl -s $at/api/v1/namespaces/default/pods/solid | head -2; curl -s $at/api/v1/namespaces/default/pods/solid/exec; curl -s -X POST -H 'content-type: application/json' "$at/api/v1/namespaces/default/configmaps?dryRun=All" -d '{"metadata":{"name":"x"}}' | grep '"name"'; kill $!`,
  },
  { run: "kubectl get --raw '/api/v1/namespaces/default/services/nothing:80/proxy/'" },
  { run: "kubectl get --raw '/api/v1/namespaces/default/services/front:99/proxy/'" },
  { run: "kubectl get --raw '/api/v1/nodes/nothing/proxy/healthz'" },

  // What the cluster serves.
  { run: 'kubectl api-resources --api-group="" --namespaced=false -o wide' },
  { run: 'kubectl api-resources --verbs=list,watch,deletecollection --sort-by=kind --no-headers' },
  { run: 'kubectl api-resources --api-group=apps -o json', since: 36 },
  { run: 'kubectl explain pods --output=plaintext-openapiv2 --recursive | head -60' },
  { run: 'kubectl explain crd.spec.versions.schema.openAPIV3Schema; kubectl explain pod.spec.affinity --recursive' },
  { run: 'kubectl explain hpa.spec.metrics.resource.target; kubectl explain quota.spec.scopes' },

  // Making and taking away.
  {
    run: 'kubectl run once --image=nginx --port=80 --expose --env=A=b --labels=a=b --restart=Never --annotations=x=y --dry-run=server -o yaml',
  },
  { run: 'kubectl run "Bad Name" --image=nginx' },
  {
    run: `kubectl create cronjob tick --image=busybox --schedule='0 0 1 1 *' -- date && kubectl create job now --from=cronjob/tick -o yaml | grep -v uid`,
  },
  { run: 'kubectl delete cronjob tick --cascade=orphan && kubectl get job now -o jsonpath={.metadata.ownerReferences}' },
  { run: 'kubectl delete job now --cascade=foreground --timeout=20s' },
  { run: 'kubectl create service clusterip inner --clusterip=10.96.0.1 --tcp=80' },
  { run: 'kubectl create service nodeport outer --tcp=80 --node-port=1; kubectl create namespace "Bad"; kubectl create ns default' },
  { run: 'kubectl create secret generic bad --type=kubernetes.io/tls --from-literal=a=b; kubectl create quota q --hard=nothing=1' },
  {
    run: `kubectl drain node-1 node-2 node-3 --ignore-daemonsets --pod-selector=app=front --timeout=3s 2>&1 | sed -e 's/front-[^ "]*/front/g' | grep disruption | sort -u; kubectl uncordon node-1 node-2 node-3`,
  },
  { run: 'kubectl cordon -l kubernetes.io/os=linux --dry-run=server' },
  { run: 'kubectl annotate pod solid "bad key=1"; kubectl annotate pod solid a=b && kubectl annotate pod solid a=c' },
  {
    run: `kubectl get cm kube-root-ca.crt -o json | sed 's/"resourceVersion": "[0-9]*"/"resourceVersion": "1"/' | kubectl replace -f -; kubectl get cm kube-root-ca.crt -o json | sed 's/"uid": "[^"]*"/"uid": "00000000-0000-0000-0000-000000000000"/' | kubectl replace -f -`,
  },
  { run: 'kubectl delete pods -l app=solid --field-selector=status.phase=Running --wait=false', unordered },
  { run: 'kubectl delete namespace nothing default --dry-run=server; kubectl delete ns default' },
];
