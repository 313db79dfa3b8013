"""A client written with the Python package kubernetes against the cluster of $KUBECONFIG: its typed and dynamic clients, watches, informer and
leader election. It ends with the first surprise and exit code 1."""

import threading
import time

from kubernetes import client, config, dynamic, watch
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic.exceptions import ConflictError, NotFoundError
from kubernetes.informer import SharedInformer
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.configmaplock import ConfigMapLock

config.load_kube_config()
api = client.ApiClient()
core = client.CoreV1Api(api)
apps = client.AppsV1Api(api)
namespace = core.create_namespace({'metadata': {'generateName': 'python-kubernetes-'}}).metadata.name


def config_map(name, data=None, labels=None):
    metadata = client.V1ObjectMeta(name=name, labels={'made-by': 'python', **(labels or {})})
    return client.V1ConfigMap(api_version='v1', kind='ConfigMap', metadata=metadata, data=data)


def refused(code, call, *args, **kwargs):
    """The body of the refusal of a call, which must have this code."""
    try:
        call(*args, **kwargs)
    except ApiException as error:
        assert error.status == code, f'{error.status} instead of {code}: {error.body}'
        return error
    raise AssertionError(f'{call.__name__} {args} is not refused')


def until(what, condition):
    """Asks again until it is so: what the cluster does by itself takes its time."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f'{what}: not within 30 s')


def create_replace_delete():
    made = core.create_namespaced_config_map(namespace, config_map('crud', {'a': '1'}))
    assert made.metadata.uid and made.metadata.creation_timestamp.tzinfo
    made.data['b'] = '2'
    replaced = core.replace_namespaced_config_map('crud', namespace, made)
    assert core.read_namespaced_config_map('crud', namespace) == replaced
    again = core.replace_namespaced_config_map('crud', namespace, replaced)
    assert again.metadata.resource_version == replaced.metadata.resource_version, 'a replacement that changes nothing has a new version'
    refused(409, core.create_namespaced_config_map, namespace, config_map('crud'))
    refused(409, core.replace_namespaced_config_map, 'crud', namespace, made.__class__(metadata={'name': 'crud', 'resourceVersion': '1'}))
    refused(422, core.create_namespaced_config_map, namespace, config_map('Wrong Name'))
    strict = {'metadata': {'name': 'strict'}, 'dada': {}}
    assert 'unknown field' in refused(400, core.create_namespaced_config_map, namespace, strict, field_validation='Strict').body
    dry = core.create_namespaced_config_map(namespace, config_map('dry'), dry_run='All')
    assert dry.metadata.uid
    refused(404, core.read_namespaced_config_map, 'dry', namespace)
    stale = client.V1DeleteOptions(preconditions=client.V1Preconditions(resource_version=made.metadata.resource_version))
    refused(409, core.delete_namespaced_config_map, 'crud', namespace, body=stale)
    assert core.delete_namespaced_config_map('crud', namespace).status == 'Success'
    refused(404, core.read_namespaced_config_map, 'crud', namespace)


def patches():
    ports = [client.V1ServicePort(name='http', port=80)]
    core.create_namespaced_service(namespace, client.V1Service(metadata={'name': 'patched'}, spec=client.V1ServiceSpec(ports=ports)))

    def patch(body, content_type):
        patched = core.patch_namespaced_service('patched', namespace, body, _content_type=content_type)
        return [port.port for port in patched.spec.ports]

    assert patch({'spec': {'ports': [{'name': 'https', 'port': 443}]}}, 'application/strategic-merge-patch+json') == [443, 80]
    assert patch([{'op': 'replace', 'path': '/spec/ports/0/port', 'value': 8443}], 'application/json-patch+json') == [8443, 80]
    assert patch({'spec': {'ports': [{'name': 'only', 'port': 1}]}}, 'application/merge-patch+json') == [1]
    refused(422, core.patch_namespaced_service, 'patched', namespace, {'spec': {'ports': []}}, _content_type='application/merge-patch+json')


def apply():
    def by(manager, data, **options):
        body = {'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'applied'}, 'data': data}
        return core.patch_namespaced_config_map('applied', namespace, body, field_manager=manager, _content_type='application/apply-patch+yaml', **options)

    by('one', {'a': '1', 'b': '1'})
    refused(409, by, 'two', {'a': '2'})
    by('two', {'a': '2'}, force=True)
    assert by('one', {}).data == {'a': '2'}


def pages():
    for i in range(7):
        core.create_namespaced_secret(namespace, {'metadata': {'name': f'page-{i}'}})
    names, token, left = [], None, []
    while token != '':
        page = core.list_namespaced_secret(namespace, limit=3, _continue=token)
        names += [item.metadata.name for item in page.items]
        left.append(page.metadata.remaining_item_count)
        token = page.metadata._continue or ''
    assert names == [f'page-{i}' for i in range(7)], names
    assert left == [4, 1, None], left
    core.delete_collection_namespaced_secret(namespace)
    assert core.list_namespaced_secret(namespace).items == []
    refused(400, core.list_namespaced_secret, namespace, label_selector='==')
    refused(504, core.list_namespaced_secret, namespace, resource_version='99999999999', resource_version_match='NotOlderThan')


def watch_resumed():
    """A watch stops, the world changes, another one goes on where the first one stopped."""

    def events(count, since):
        watcher, seen = watch.Watch(), []
        for event in watcher.stream(core.list_namespaced_config_map, namespace, resource_version=since, label_selector='seen=yes', timeout_seconds=20):
            seen.append(f"{event['type']} {event['object'].metadata.name}")
            since = event['object'].metadata.resource_version
            if len(seen) == count:
                watcher.stop()
        return seen, since

    since = core.list_namespaced_config_map(namespace).metadata.resource_version
    core.create_namespaced_config_map(namespace, config_map('watched', labels={'seen': 'yes'}))
    seen, since = events(1, since)
    assert seen == ['ADDED watched'], seen
    core.patch_namespaced_config_map('watched', namespace, {'data': {'a': 'b'}})
    core.patch_namespaced_config_map('watched', namespace, {'metadata': {'labels': {'seen': 'no'}}})
    core.patch_namespaced_config_map('watched', namespace, {'metadata': {'labels': {'seen': 'yes'}}})
    seen, _ = events(3, since)
    assert seen == ['MODIFIED watched', 'DELETED watched', 'ADDED watched'], seen


def informer_restarted():
    for turn in range(3):
        informer, seen = SharedInformer(core.list_namespaced_config_map, namespace=namespace, label_selector='informed=yes'), []
        for kind in ('ADDED', 'MODIFIED', 'DELETED'):
            informer.add_event_handler(kind, lambda item, kind=kind: seen.append(f'{kind} {item.metadata.name}'))
        informer.start()
        until('what was there', lambda: sum(event.startswith('ADDED') for event in seen) == turn)
        core.create_namespaced_config_map(namespace, config_map(f'informed-{turn}', labels={'informed': 'yes'}))
        until('what is made', lambda: f'ADDED informed-{turn}' in seen and len(informer.cache.list()) == turn + 1)
        core.patch_namespaced_config_map(f'informed-{turn}', namespace, {'data': {'a': 'b'}})
        until('what is changed', lambda: f'MODIFIED informed-{turn}' in seen)
        informer.stop()
        core.patch_namespaced_config_map(f'informed-{turn}', namespace, {'data': {'a': 'c'}})
    stored = {item.metadata.name: item.data for item in core.list_namespaced_config_map(namespace, label_selector='informed=yes').items}
    assert stored == {f'informed-{turn}': {'a': 'c'} for turn in range(3)}, stored


def dynamic_client():
    resources = dynamic.DynamicClient(api)
    config_maps = resources.resources.get(api_version='v1', kind='ConfigMap')
    body = {'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'dynamic', 'namespace': namespace}, 'data': {'a': '1'}}
    made = config_maps.create(body)
    assert made.data.a == '1'
    config_maps.server_side_apply({**body, 'data': {'b': '1'}}, field_manager='me')
    try:
        config_maps.server_side_apply({**body, 'data': {'a': '2'}}, field_manager='me')
        raise AssertionError('no conflict')
    except ConflictError as error:
        assert '.data.a' in str(error.body), error.body
    applied = config_maps.server_side_apply({**body, 'data': {'a': '2'}}, field_manager='me', force_conflicts=True)
    assert applied.data.to_dict() == {'a': '2'}, applied.data
    config_maps.delete(name='dynamic', namespace=namespace)
    try:
        config_maps.get(name='dynamic', namespace=namespace)
        raise AssertionError('it is still there')
    except NotFoundError:
        pass


def custom_kind():
    group = f'{namespace}.example.com'
    names = {'plural': 'baskets', 'singular': 'basket', 'kind': 'Basket'}
    schema = {'type': 'object', 'properties': {'spec': {'type': 'object', 'properties': {'size': {'type': 'integer', 'minimum': 1}}}}}
    version = {'name': 'v1', 'served': True, 'storage': True, 'schema': {'openAPIV3Schema': schema}}
    spec = {'group': group, 'scope': 'Namespaced', 'names': names, 'versions': [version]}
    extensions, custom = client.ApiextensionsV1Api(api), client.CustomObjectsApi(api)
    extensions.create_custom_resource_definition({'metadata': {'name': f'baskets.{group}'}, 'spec': spec})
    place = (group, 'v1', namespace, 'baskets')

    def basket(name, size):
        return {'apiVersion': f'{group}/v1', 'kind': 'Basket', 'metadata': {'name': name}, 'spec': {'size': size}}

    def served():
        try:
            return custom.list_namespaced_custom_object(*place)['items'] == []
        except ApiException as error:
            assert error.status == 404, error
            return False

    until('the kind is served', served)
    made = custom.create_namespaced_custom_object(*place, basket('one', 1))
    assert made['metadata']['generation'] == 1
    refused(422, custom.create_namespaced_custom_object, *place, basket('none', 0))
    patched = custom.patch_namespaced_custom_object(*place, 'one', {'spec': {'size': 2}}, _content_type='application/merge-patch+json')
    assert patched['spec'] == {'size': 2} and patched['metadata']['generation'] == 2
    refused(409, custom.replace_namespaced_custom_object, *place, 'one', made)
    custom.delete_namespaced_custom_object(*place, 'one')
    extensions.delete_custom_resource_definition(f'baskets.{group}')


def workload():
    labels = {'app': 'web'}
    template = {'metadata': {'labels': labels}, 'spec': {'containers': [{'name': 'c', 'image': 'nginx'}]}}
    apps.create_namespaced_deployment(namespace, {'metadata': {'name': 'web'}, 'spec': {'replicas': 2, 'selector': {'matchLabels': labels}, 'template': template}})
    for event in watch.Watch().stream(apps.list_namespaced_deployment, namespace, timeout_seconds=30):
        if event['object'].status.ready_replicas == 2:
            break
    else:
        raise AssertionError('the deployment does not become ready')
    assert apps.patch_namespaced_deployment_scale('web', namespace, {'spec': {'replicas': 3}}).spec.replicas == 3
    pod = core.list_namespaced_pod(namespace, label_selector='app=web').items[0]
    core.create_namespaced_pod_eviction(pod.metadata.name, namespace, {'metadata': {'name': pod.metadata.name}})
    until('another pod takes its place', lambda: apps.read_namespaced_deployment_status('web', namespace).status.ready_replicas == 3)


def leaders():
    """The library has no way to resign: the first leader goes when it cannot renew, as its lock is taken from it."""
    turns = []

    def candidate(identity):
        lock = ConfigMapLock('lead', namespace, identity)
        options = electionconfig.Config(lock, lease_duration=3, renew_deadline=2, retry_period=1, onstarted_leading=lambda: turns.append(f'{identity} leads'), onstopped_leading=lambda: turns.append(f'{identity} stops'))
        threading.Thread(target=leaderelection.LeaderElection(options).run, daemon=True).start()

    candidate('first')
    until('the first one leads', lambda: turns == ['first leads'])
    candidate('second')
    record = core.read_namespaced_config_map('lead', namespace).metadata.annotations['control-plane.alpha.kubernetes.io/leader']
    assert '"first"' in record, record
    taken = record.replace('"first"', '"other"')
    core.patch_namespaced_config_map('lead', namespace, {'metadata': {'annotations': {'control-plane.alpha.kubernetes.io/leader': taken}}})
    until('the first one stops, the second one leads', lambda: set(turns) == {'first leads', 'first stops', 'second leads'})


checks = [create_replace_delete, patches, apply, pages, watch_resumed, informer_restarted, dynamic_client, custom_kind, workload, leaders]
try:
    for check in checks:
        check()
        print('ok', check.__name__.replace('_', ' '), flush=True)
finally:
    core.delete_namespace(namespace)
