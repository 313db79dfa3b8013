// What the server says of itself: /statusz and /flagz in their forms, health checks as metrics, and the metrics that dashboards read: their types, words, labels and buckets.
export default ({ ns }) => {
  const cms = `/api/v1/namespaces/${ns}/configmaps`;
  const as = (kind, version = 'v1beta1', type = 'json') => ({ accept: `application/${type};v=${version};g=config.k8s.io;as=${kind}` });
  // Texts have one of several separators, by chance.
  const lines = (b) => b.split('\n').slice(0, 4).concat(b.split('\n').slice(4).map((l) => /^[A-Za-z]+(?= ?(version)?[:= ])/.exec(l)?.[0]).filter(Boolean));
  const about = ({ startTime, uptimeSeconds, ...rest }) => ({ ...rest, started: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(startTime), up: uptimeSeconds >= 0 });
  const values = ['audit-log-path', 'audit-policy-file', 'authorization-webhook-cache-authorized-ttl', 'authorization-webhook-version', 'encryption-provider-config', 'max-requests-inflight', 'max-mutating-requests-inflight', 'oidc-username-claim', 'service-account-extend-token-expiration', 'audit-log-maxsize', 'audit-log-maxbackup', 'audit-log-maxage', 'audit-log-mode', 'event-ttl', 'request-timeout'];
  const flags = ({ flags: all, ...rest }) => ({ ...rest, flags: Object.fromEntries(values.map((name) => [name, all[name]])) });
  // Every series of a family has the same labels and buckets; which series there are depends on what was asked before.
  const families = (names) => (b) => Object.fromEntries(names.map((name) => {
    const own = b.split('\n').filter((l) => new RegExp(`^(# (HELP|TYPE) )?${name}(_bucket|_sum|_count)?[ {]`).test(l));
    const series = own.filter((l) => !l.startsWith('#'));
    const labels = [...new Set(series.map((l) => [...l.matchAll(/(\w+)="/g)].map((m) => m[1]).filter((n) => n !== 'le').join()))].sort();
    const buckets = [...new Set(series.flatMap((l) => /le="([^"]+)"/.exec(l)?.[1] ?? []))];
    return [name, { told: own.filter((l) => l.startsWith('#')), labels, ...(buckets.length > 0 && { buckets }) }];
  }));
  const admission = ['apiserver_admission_step_admission_duration_seconds', 'apiserver_admission_controller_admission_duration_seconds'];
  const access = ['authentication_attempts', 'authentication_duration_seconds', 'authenticated_user_requests', 'authorization_attempts_total', 'authorization_duration_seconds', 'apiserver_authorization_decisions_total', 'apiserver_client_certificate_expiration_seconds', 'apiserver_audit_event_total', 'apiserver_audit_requests_rejected_total'];
  const requests = ['apiserver_request_total', 'apiserver_request_duration_seconds', 'apiserver_request_sli_duration_seconds', 'apiserver_request_body_size_bytes', 'apiserver_response_sizes', 'apiserver_current_inflight_requests', 'apiserver_current_inqueue_requests', 'apiserver_longrunning_requests', 'apiserver_selfrequest_total', 'apiserver_requested_deprecated_apis', 'apiserver_tls_handshake_errors_total', 'apiserver_watch_events_total', 'apiserver_watch_events_sizes', 'apiserver_watch_list_duration_seconds'];
  const storage = ['apiserver_storage_size_bytes', 'etcd_request_duration_seconds', 'etcd_requests_total', 'apiserver_storage_objects', 'apiserver_resource_objects', 'apiserver_resource_size_estimate_bytes', 'apiserver_storage_list_total', 'apiserver_storage_events_received_total', 'apiserver_watch_cache_events_received_total', 'apiserver_watch_cache_events_dispatched_total', 'apiserver_watch_cache_initializations_total', 'apiserver_watch_cache_resource_version', 'apiserver_watch_cache_read_wait_seconds', 'apiserver_watch_cache_consistent_read_total', 'apiserver_init_events_total', 'apiserver_cache_list_total', 'apiserver_cache_list_fetched_objects_total', 'apiserver_cache_list_returned_objects_total'];
  const fairness = ['current_executing_requests', 'current_executing_seats', 'current_inqueue_requests', 'current_limit_seats', 'dispatched_requests_total', 'nominal_limit_seats', 'request_execution_seconds', 'request_wait_duration_seconds', 'priority_level_seat_utilization'].map((name) => `apiserver_flowcontrol_${name}`);
  const server = ['kubernetes_build_info', 'kubernetes_feature_enabled', 'process_cpu_seconds_total', 'process_max_fds', 'process_network_receive_bytes_total', 'process_network_transmit_bytes_total', 'process_open_fds', 'process_resident_memory_bytes', 'process_start_time_seconds', 'process_virtual_memory_bytes'];
  const plain = { accept: 'text/plain' };
  return [
    { name: 'statusz', path: '/statusz', headers: as('Statusz'), pick: about },
    { name: 'statusz in another version', path: '/statusz', headers: as('Statusz', 'v1alpha1'), pick: about },
    { name: 'flags in another version', path: '/flagz', headers: as('Flagz', 'v1alpha1'), pick: flags },
    { name: 'statusz as YAML', path: '/statusz', headers: as('Statusz', 'v1beta1', 'yaml'), pick: (b) => b.split('\n').filter((l) => !/^(startTime|uptimeSeconds):/.test(l)) },
    { name: 'statusz as text', path: '/statusz', headers: plain, pick: lines },
    { name: 'statusz as anything', path: '/statusz', headers: { accept: '*/*' }, pick: lines },
    { name: 'statusz as JSON of no kind', path: '/statusz', headers: { accept: 'application/json' } },
    { name: 'statusz as flags', path: '/statusz', headers: as('Flagz') },
    { name: 'statusz in a version that there is not', path: '/statusz', headers: as('Statusz', 'v1') },
    { name: 'statusz as protobuf', path: '/statusz', headers: { accept: 'application/vnd.kubernetes.protobuf' } },
    { name: 'statusz as YAML of no kind', path: '/statusz', headers: { accept: 'application/yaml' } },
    { name: 'statusz as JSON or text', path: '/statusz', headers: { accept: 'application/json, text/plain;q=0.5' }, pick: lines },
    { name: 'statusz with a slash', path: '/statusz/', headers: plain },
    { name: 'statusz for a user without rights', path: '/statusz', as: 'rp-someone', headers: plain },
    { name: 'statusz for nobody', path: '/statusz', anonymous: true, headers: plain },
    { name: 'statusz for those who watch over the cluster', path: '/statusz', as: 'rp-someone', asGroups: ['system:monitoring'], headers: as('Statusz'), pick: (b) => b.kind },
    { name: 'flagz', path: '/flagz', headers: as('Flagz'), pick: flags },
    { name: 'flagz as text', path: '/flagz', headers: plain, pick: (b) => b.split('\n').slice(0, 3) },
    { name: 'flagz as JSON of no kind', path: '/flagz', headers: { accept: 'application/json' } },
    { name: 'flagz for a user without rights', path: '/flagz', as: 'rp-someone', headers: plain },
    { name: 'the list of paths by another name', path: '/index.html', pick: (b) => b.paths.filter((path) => /^\/[a-z]+$/.test(path)) },
    { name: 'the same with a slash', path: '/index.html/' },
    { name: 'the same for nobody', path: '/index.html', anonymous: true },
    { name: 'checks', path: '/readyz', pick: (b) => b },
    { name: 'checks as metrics', path: '/metrics/slis', pick: (b) => [b.split('\n').filter((l) => l.startsWith('#')), /^kubernetes_healthcheck\{name="etcd",type="readyz"\} 1$/m.test(b), /^kubernetes_healthchecks_total\{name="etcd",status="success",type="readyz"\} \d+$/m.test(b)] },
    { name: 'create', method: 'POST', path: cms, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x: 'y' } } },
    { name: 'create it again', method: 'POST', path: cms, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } } },
    { name: 'read', path: `${cms}/a`, pick: (b) => b.data },
    { name: 'read at least as new', path: `${cms}/a`, query: { resourceVersion: '1' }, pick: (b) => b.data },
    { name: 'list', path: cms, query: { labelSelector: 'none=here' }, pick: (b) => b.items },
    { name: 'watch the state', path: cms, query: { watch: 'true', sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true', timeoutSeconds: '1' }, pick: (b) => b.length > 0 },
    { name: 'an old version', path: `/api/v1/namespaces/${ns}/endpoints`, query: { labelSelector: 'none=here' }, pick: (b) => b.items },
    { name: 'metrics of admission', path: '/metrics', pick: families(admission) },
    { name: 'metrics of access', path: '/metrics', pick: families(access) },
    { name: 'metrics of requests', path: '/metrics', pick: families(requests) },
    { name: 'metrics of storage', path: '/metrics', pick: families(storage) },
    { name: 'metrics of fairness', path: '/metrics', pick: families(fairness) },
    { name: 'metrics of the server', path: '/metrics', pick: families(server) },
    { name: 'which features are on', path: '/metrics', pick: (b) => b.split('\n').filter((l) => /^kubernetes_feature_enabled\{name="[A-C]/.test(l)) },
    { name: 'no empty lines, in order', path: '/metrics', pick: (b) => { const names = [...b.matchAll(/^# TYPE (\S+)/gm)].map((m) => m[1]); return [b.includes('\n\n'), names.join() === names.toSorted().join()]; } },
    { name: 'metrics for a user without rights', path: '/metrics', as: 'rp-someone' },
    { name: 'what admission asks', path: '/metrics', pick: (b) => [...new Set([...b.matchAll(/^apiserver_admission_controller_admission_duration_seconds_count\{name="(\w+)",operation="CREATE",rejected="false",type="(\w+)"\}/gm)].map((m) => `${m[1]} ${m[2]}`))].sort() },
  ];
};
