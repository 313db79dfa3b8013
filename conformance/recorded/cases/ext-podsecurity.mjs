// Pod Security: the standards and their versions, what is enforced and what is warned of, templates of pods, labels that are wrong, namespaces that become stricter.
export default ({ ns }) => {
  const space = (x) => `${ns}-${x}`;
  const P = 'pod-security.kubernetes.io/';
  const spaces = {
    baseline: { enforce: 'baseline' }, restricted: { enforce: 'restricted' }, warn: { warn: 'restricted', audit: 'baseline' }, old: { enforce: 'restricted', 'enforce-version': 'v1.20', warn: 'baseline', 'warn-version': 'v1.35' },
    ancient: { enforce: 'baseline', 'enforce-version': 'v1.18' }, mid: { enforce: 'restricted', 'enforce-version': 'v1.24' }, future: { enforce: 'restricted', 'enforce-version': 'v1.99', warn: 'privileged' },
  };
  const labels = (modes) => Object.fromEntries(Object.entries(modes).map(([k, v]) => [P + k, v]));
  const good = { allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } };
  const c = (name, securityContext, more) => ({ name, image: 'i', ...(securityContext && { securityContext }), ...more });
  const pod = (spec, annotations) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', ...(annotations && { annotations }) }, spec: { containers: [c('c', good)], ...spec } });
  const pods = {
    'a plain one': pod({ containers: [c('c')] }), 'a good one': pod({}), 'two plain ones': pod({ containers: [c('a'), c('b', good)], initContainers: [c('i')] }),
    privileged: pod({ containers: [c('a', { privileged: true }), c('b', { privileged: true }), c('c', good)] }),
    'host namespaces': pod({ hostNetwork: true, hostPID: true, hostIPC: true, containers: [c('c', good, { ports: [{ containerPort: 80 }, { containerPort: 90, hostPort: 90 }] })] }),
    'host ports': pod({ containers: [c('a', good, { ports: [{ containerPort: 80, hostPort: 8080 }] }), c('b', good, { ports: [{ containerPort: 80, hostPort: 80 }, { containerPort: 81, hostPort: 81 }] })] }),
    capabilities: pod({ containers: [c('a', { ...good, capabilities: { add: ['SYS_ADMIN', 'NET_ADMIN', 'CHOWN'], drop: ['ALL'] } }), c('b', { ...good, capabilities: { add: ['NET_BIND_SERVICE', 'KILL'] } })] }),
    volumes: pod({ volumes: [{ name: 'h', hostPath: { path: '/x' } }, { name: 'n', nfs: { server: 's', path: '/' } }, { name: 'e', emptyDir: {} }, { name: 'i', image: { reference: 'x', pullPolicy: 'Always' } }] }),
    'one volume': pod({ volumes: [{ name: 'h', hostPath: { path: '/x' } }] }),
    seccomp: pod({ securityContext: { seccompProfile: { type: 'Unconfined' } }, containers: [c('a', { ...good, seccompProfile: { type: 'Unconfined' } }), c('b', good)] }),
    'seccomp of the pod': pod({ securityContext: { seccompProfile: { type: 'RuntimeDefault' } }, containers: [c('a', { ...good, seccompProfile: undefined })] }),
    apparmor: pod({ securityContext: { appArmorProfile: { type: 'Unconfined' } }, containers: [c('a', { ...good, appArmorProfile: { type: 'Unconfined' } }), c('b', { ...good, appArmorProfile: { type: 'RuntimeDefault' } })] }),
    'apparmor by annotation': pod({}, { 'container.apparmor.security.beta.kubernetes.io/c': 'unconfined' }),
    sysctls: pod({ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }, { name: 'net.ipv4.tcp_rmem', value: '1' }, { name: 'net.ipv4.tcp_syncookies', value: '1' }] } }),
    selinux: pod({ securityContext: { seLinuxOptions: { type: 'spc_t', user: 'u' } }, containers: [c('a', { ...good, seLinuxOptions: { type: 'container_engine_t', role: 'r' } }), c('b', { ...good, seLinuxOptions: { type: 'container_t', level: 's0' } })] }),
    'proc mount': pod({ hostUsers: false, containers: [c('a', { ...good, procMount: 'Unmasked' })] }), 'user namespace': pod({ hostUsers: false, securityContext: { runAsUser: 0 }, containers: [c('a', { ...good, runAsNonRoot: false })] }),
    root: pod({ securityContext: { runAsUser: 0, runAsNonRoot: false }, containers: [c('a', { ...good, runAsUser: 0 }), c('b', { ...good, runAsNonRoot: false })] }), 'root of a container': pod({ containers: [c('a', { ...good, runAsUser: 0 }), c('b', { ...good, runAsUser: 0 })] }),
    probes: pod({ containers: [c('a', good, { livenessProbe: { httpGet: { port: 80, host: 'h.example' } }, lifecycle: { preStop: { tcpSocket: { port: 80, host: '1.2.3.4' } } } }), c('b', good, { readinessProbe: { tcpSocket: { port: 80, host: 'h.example' } } })] }),
    windows: pod({ os: { name: 'windows' }, containers: [c('c', { runAsNonRoot: true, windowsOptions: { hostProcess: true } })], hostNetwork: true }), 'plain windows': pod({ os: { name: 'windows' }, securityContext: { runAsNonRoot: true }, containers: [c('c')] }),
  };
  const template = { metadata: { labels: { a: 'b' } }, spec: pods['a plain one'].spec };
  const spec = { selector: { matchLabels: { a: 'b' } }, template };
  const job = { template: { spec: { ...template.spec, restartPolicy: 'Never' } } };
  const makers = {
    deployments: ['/apis/apps/v1', 'Deployment', { spec }], statefulsets: ['/apis/apps/v1', 'StatefulSet', { spec: { ...spec, serviceName: 's' } }], daemonsets: ['/apis/apps/v1', 'DaemonSet', { spec }], replicasets: ['/apis/apps/v1', 'ReplicaSet', { spec }],
    replicationcontrollers: ['/api/v1', 'ReplicationController', { spec: { selector: { a: 'b' }, template } }], podtemplates: ['/api/v1', 'PodTemplate', { template }], jobs: ['/apis/batch/v1', 'Job', { spec: job }], cronjobs: ['/apis/batch/v1', 'CronJob', { spec: { schedule: '* * * * *', jobTemplate: { spec: job } } }],
  };
  const pick = (b, r) => (r.status < 300 ? 'let through' : b.message);
  const namespace = (name, modes, more) => ({ name: `namespace ${name}`, method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: space(name), labels: labels(modes) } }, pick, ...more });
  const patch = (title, name, modes) => ({ name: title, method: 'PATCH', path: `/api/v1/namespaces/${space(name)}`, type: 'application/merge-patch+json', body: { metadata: { labels: labels(modes) } }, pick });
  const P0 = (name) => `/api/v1/namespaces/${space(name)}/pods`;
  const real = (name, body) => ({ name: `${name} for real`, method: 'POST', path: P0('none'), body: { ...body, metadata: { name } }, pick });
  const steps = [
    ...[...Object.keys(spaces), 'none'].map((x) => ({ compare: false, method: 'DELETE', path: `/api/v1/namespaces/${space(x)}` })),
    ...[...Object.entries(spaces), ['none', {}]].map(([x, modes]) => namespace(x, modes, { until: (b, r) => r.status !== 409 })),
    ...[...Object.keys(spaces), 'none'].map((x) => ({ compare: false, path: `/api/v1/namespaces/${space(x)}/serviceaccounts/default`, until: (b, r) => r.status === 200 })),
    ...Object.keys(spaces).flatMap((x) => Object.entries(pods).map(([title, body]) => ({ name: `${title} in ${x}`, method: 'POST', path: P0(x), query: { dryRun: 'All' }, body, pick }))),
    ...Object.entries(makers).map(([plural, [prefix, kind, more]]) => ({ name: `${kind} in restricted`, method: 'POST', path: `${prefix}/namespaces/${space('restricted')}/${plural}`, query: { dryRun: 'All' }, body: { apiVersion: prefix.replace(/^\/apis?\//, ''), kind, metadata: { name: 'x' }, ...more }, pick })),
    namespace('wrong', { enforce: 'strict', 'enforce-version': 'v2', audit: 'x', 'audit-version': 'v1.01', warn: 'y', 'warn-version': 'latest' }), patch('a wrong label', 'none', { enforce: 'strict' }),
    real('p1', pods['a plain one']), real('p2', pods['a plain one']), real('p3', pods.privileged), real('p0', pods['a plain one']), real('p4', pods['a good one']),
    patch('stricter: baseline', 'none', { enforce: 'baseline' }), patch('stricter: restricted', 'none', { enforce: 'restricted' }), patch('another version', 'none', { 'enforce-version': 'v1.22' }), patch('laxer', 'none', { enforce: 'baseline' }), patch('only warnings', 'none', { warn: 'restricted' }),
    { name: 'another image', method: 'PATCH', path: `${P0('none')}/p3`, type: 'application/strategic-merge-patch+json', body: { spec: { containers: [{ name: 'a', image: 'j' }] } }, pick }, { name: 'a label of a pod', method: 'PATCH', path: `${P0('none')}/p3`, type: 'application/merge-patch+json', body: { metadata: { labels: { a: 'b' } } }, pick },
    { name: 'a container to debug', method: 'PATCH', path: `${P0('none')}/p4/ephemeralcontainers`, type: 'application/strategic-merge-patch+json', body: { spec: { ephemeralContainers: [{ name: 'd', image: 'i', securityContext: { privileged: true } }] } }, pick },
  ];
  steps.cleanup = [...Object.keys(spaces), 'none'].map((x) => `/api/v1/namespaces/${space(x)}`);
  return steps;
};
