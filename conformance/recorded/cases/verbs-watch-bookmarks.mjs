// What the object of a bookmark has, for kinds of every shape; watches by their old path, whose options are judged as a list's.
export default ({ ns }) => {
  const of = (path) => ({ name: path, path, watch: { events: 1, ms: 8000 }, query: { watch: '1', sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: '1', labelSelector: 'no=no' } });
  const old = `/api/v1/watch/namespaces/${ns}/configmaps`;
  const ended = { labelSelector: 'no=no', timeoutSeconds: '1' };
  return [
    ...['pods', 'services', 'nodes', 'events', 'limitranges', 'persistentvolumeclaims', 'replicationcontrollers', 'podtemplates', 'secrets'].map((name) => of(`/api/v1/${name}`)),
    ...['deployments', 'statefulsets', 'daemonsets', 'replicasets', 'controllerrevisions'].map((name) => of(`/apis/apps/v1/${name}`)),
    ...['/apis/batch/v1/cronjobs', '/apis/discovery.k8s.io/v1/endpointslices', '/apis/autoscaling/v2/horizontalpodautoscalers', '/apis/policy/v1/poddisruptionbudgets', '/apis/rbac.authorization.k8s.io/v1/rolebindings', '/apis/storage.k8s.io/v1/volumeattachments', '/apis/resource.k8s.io/v1/resourceclaims', '/apis/events.k8s.io/v1/events'].map(of),
    { name: 'the old path with a match', path: old, watch: true, query: { ...ended, resourceVersion: '0', resourceVersionMatch: 'NotOlderThan' } },
    { name: 'the old path with a match and no version', path: old, query: { ...ended, resourceVersionMatch: 'NotOlderThan' } },
    { name: 'the old path with initial events', path: old, query: { ...ended, sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', resourceVersion: '0' } },
  ];
};
