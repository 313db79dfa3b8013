"""A client written with kr8s (asynchronous) against the cluster of $KUBECONFIG. It ends with the first surprise and exit code 1.
kr8s has no apply, informers or leader election of its own: its watches are resumed by hand, and apply goes through its raw calls."""

import asyncio
import json

import kr8s
from kr8s.asyncio.objects import ConfigMap, Deployment, Namespace, Pod, Secret, Service, new_class


def config_map(name, namespace, data=None, labels=None):
    metadata = {'name': name, 'namespace': namespace, 'labels': {'made-by': 'kr8s', **(labels or {})}}
    return {'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': metadata, 'data': data or {}}


async def refused(code, awaitable):
    try:
        await awaitable
    except kr8s.NotFoundError:
        assert code == 404, f'not found instead of {code}'
    except kr8s.ServerError as error:
        assert error.response.status_code == code, f'{error.response.status_code} instead of {code}: {error}'
        return error
    else:
        raise AssertionError(f'not refused with {code}')


async def create_patch_delete(api, namespace):
    made = await ConfigMap(config_map('crud', namespace, {'a': '1'}), api=api)
    await made.create()
    assert made.metadata.uid and made.metadata.resourceVersion
    await refused(409, (await ConfigMap(config_map('crud', namespace), api=api)).create())
    error = await refused(422, (await ConfigMap(config_map('Wrong Name', namespace), api=api)).create())
    assert 'metadata.name' in str(error), error
    await made.patch({'data': {'b': '2', 'a': None}})
    assert made.data.to_dict() == {'b': '2'}, made.data
    await made.patch([{'op': 'copy', 'from': '/data/b', 'path': '/data/c'}], type='json')
    assert made.data.to_dict() == {'b': '2', 'c': '2'}, made.data
    await refused(409, made.patch({'metadata': {'resourceVersion': '1'}, 'data': {}}))
    await made.label({'tier': 'front'})
    await made.annotate({'note': 'hello'})
    await made.remove_label('tier')
    same = await ConfigMap.get('crud', namespace=namespace, api=api)
    assert same.raw == made.raw and dict(same.labels) == {'made-by': 'kr8s'} and dict(same.annotations) == {'note': 'hello'}, same.raw
    await made.delete()
    assert not await made.exists()
    await refused(404, made.refresh())


async def apply(api, namespace):
    async def by(manager, data, **params):
        async with api.call_api(
            'PATCH', version='v1', url='configmaps/applied', namespace=namespace, params={'fieldManager': manager, **params},
            headers={'Content-Type': 'application/apply-patch+yaml'}, content=json.dumps(config_map('applied', namespace, data)),
        ) as response:
            return response.json()['data']

    await by('one', {'a': '1', 'b': '1'})
    await refused(409, by('two', {'a': '2'}))
    await by('two', {'a': '2'}, force='true')
    async with api.call_api(
        'PATCH', version='v1', url='configmaps/applied', namespace=namespace, params={'fieldManager': 'one'},
        headers={'Content-Type': 'application/apply-patch+yaml'}, content=json.dumps({'apiVersion': 'v1', 'kind': 'ConfigMap', 'metadata': {'name': 'applied'}}),
    ) as response:
        assert response.json()['data'] == {'a': '2'}, response.json()


async def pages(api, namespace):
    # Lists come in pages of a hundred.
    await asyncio.gather(*[(await Secret({'metadata': {'name': f'page-{i:03}', 'namespace': namespace}}, api=api)).create() for i in range(120)])
    names = [secret.name async for secret in api.get('secrets', namespace=namespace)]
    assert names == [f'page-{i:03}' for i in range(120)], names
    selected = [secret.name async for secret in Secret.list(namespace=namespace, api=api, field_selector={'metadata.name': 'page-007'})]
    assert selected == ['page-007'], selected
    table = [row async for row in api.get('secrets', namespace=namespace, as_object=kr8s.asyncio.objects.Table)]
    assert len(table[0].rows) == 120 and [column['name'] for column in table[0].column_definitions] == ['Name', 'Type', 'Data', 'Age'], table


async def watch_resumed(api, namespace):
    """A watch stops, the world changes, another one goes on where the first one stopped."""

    async def events(count, since):
        seen = []
        async for kind, item in api.watch('configmaps', namespace=namespace, label_selector={'seen': 'yes'}, since=since):
            seen.append(f'{kind} {item.name}')
            since = item.metadata.resourceVersion
            if len(seen) == count:
                return seen, since

    first = await ConfigMap(config_map('first', namespace), api=api)
    await first.create()
    watched = await ConfigMap(config_map('watched', namespace, labels={'seen': 'yes'}), api=api)
    await watched.create()
    seen, since = await asyncio.wait_for(events(1, first.metadata.resourceVersion), 20)
    assert seen == ['ADDED watched'], seen
    await watched.patch({'data': {'a': 'b'}})
    await watched.label({'seen': 'no'})
    await watched.label({'seen': 'yes'})
    await watched.delete()
    seen, _ = await asyncio.wait_for(events(4, since), 20)
    assert seen == ['MODIFIED watched', 'DELETED watched', 'ADDED watched', 'DELETED watched'], seen


async def ready(workload, count):
    await workload.refresh()
    if workload.status.get('readyReplicas') == count:
        return
    async for _, seen in workload.watch():
        if seen.status.get('readyReplicas') == count:
            return


async def workload(api, namespace):
    labels = {'app': 'web'}
    template = {'metadata': {'labels': labels}, 'spec': {'containers': [{'name': 'c', 'image': 'nginx'}]}}
    web = await Deployment({'metadata': {'name': 'web', 'namespace': namespace}, 'spec': {'replicas': 2, 'selector': {'matchLabels': labels}, 'template': template}}, api=api)
    await web.create()
    await web.wait('condition=Available', timeout=30)
    await asyncio.wait_for(ready(web, 2), 30)
    await asyncio.wait_for(web.scale(3), 30)
    await asyncio.wait_for(ready(web, 3), 30)
    pods = await web.pods()
    assert len(pods) == 3 and all(pod.labels['app'] == 'web' for pod in pods), pods
    service = await Service({'metadata': {'name': 'web', 'namespace': namespace}, 'spec': {'selector': labels, 'ports': [{'port': 80}]}}, api=api)
    await service.create()
    assert len(await service.ready_pods()) == 3
    lone = await Pod({'metadata': {'name': 'lone', 'namespace': namespace}, 'spec': {'containers': [{'name': 'c', 'image': 'nginx'}]}}, api=api)
    await lone.create()
    await lone.wait('condition=Ready', timeout=30)
    assert await lone.ready()
    await web.adopt(lone)
    assert lone.metadata.ownerReferences[0].name == 'web'
    await lone.delete(force=True)
    await lone.wait('delete', timeout=30)


async def custom_kind(api, namespace):
    group = f'{namespace}.example.com'
    schema = {'type': 'object', 'properties': {'spec': {'type': 'object', 'properties': {'size': {'type': 'integer', 'minimum': 1}}}}}
    version = {'name': 'v1', 'served': True, 'storage': True, 'schema': {'openAPIV3Schema': schema}, 'subresources': {'status': {}}}
    names = {'plural': 'baskets', 'singular': 'basket', 'kind': 'Basket'}
    definitions = new_class('CustomResourceDefinition', version='apiextensions.k8s.io/v1', namespaced=False)
    definition = await definitions({'metadata': {'name': f'baskets.{group}'}, 'spec': {'group': group, 'scope': 'Namespaced', 'names': names, 'versions': [version]}}, api=api)
    await definition.create()
    baskets = new_class('Basket', version=f'{group}/v1', namespaced=True)

    async def make(name, size):
        basket = await baskets({'metadata': {'name': name, 'namespace': namespace}, 'spec': {'size': size}}, api=api)
        await basket.create()
        return basket

    for _ in range(100):
        try:
            basket = await make('one', 1)
            break
        except kr8s.ServerError as error:
            # Its wait for a condition fails at the null that a new definition has as its conditions.
            assert error.response.status_code == 404, error
            await asyncio.sleep(0.1)
    await refused(422, make('none', 0))
    await basket.patch({'spec': {'size': 2}})
    assert basket.metadata.generation == 2
    await basket.patch({'status': {'seen': True}}, subresource='status')
    assert basket.metadata.generation == 2 and basket.spec.size == 2
    await basket.delete()
    await definition.delete()


async def discovery(api, namespace):
    assert (await api.version())['minor'] == '36'
    assert len(await api.api_resources()) >= 60
    assert 'apps/v1' in [version async for version in api.api_versions()]
    assert await api.lookup_kind('deploy') == await api.lookup_kind('deployments.apps')
    assert await api.whoami()


async def main():
    api = await kr8s.asyncio.api()
    space = await Namespace({'metadata': {'generateName': 'kr8s-', 'name': ''}}, api=api)
    await space.create()
    try:
        for check in (create_patch_delete, apply, pages, watch_resumed, workload, custom_kind, discovery):
            await check(api, space.name)
            print('ok', check.__name__.replace('_', ' '), flush=True)
    finally:
        await space.delete()


asyncio.run(main())
