// What the health endpoints say of themselves, whole and in parts.
const text = { pick: (b) => b };

export default () =>
  ['healthz', 'livez', 'readyz'].flatMap((endpoint) =>
    [
      ...['', '?verbose', '?verbose&exclude=etcd', '?verbose&exclude=etcd&exclude=none', '?exclude=none,others', '?verbose=false', '/'],
      ...['/ping', '/etcd', '/etcd-readiness', '/informer-sync', '/shutdown', '/loopback-serving-certificate', '/poststarthook/rbac/bootstrap-roles'],
      ...['/poststarthook', '/none', '/ping?verbose', '/ping/more'],
    ].flatMap((rest) => {
      const [path, query = ''] = `/${endpoint}${rest}`.split('?');
      const parts = new URLSearchParams(query);
      const values = Object.fromEntries([...new Set(parts.keys())].map((key) => [key, parts.getAll(key)]));
      return ['GET', ...(rest === '' ? ['HEAD', 'POST'] : [])].map((method) => ({ name: `${method} /${endpoint}${rest}`, method, path, query: values, ...text }));
    }),
  );
