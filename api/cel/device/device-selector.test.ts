import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileDeviceSelector, maxDeviceSelectorCost } from './device-selector.ts';

const device = {
  name: 'gpu-0',
  attributes: {
    model: { string: 'A100' },
    'other.example/cores': { int: 8 },
    healthy: { bool: true },
    'dra.example.com/driverVersion': { version: '1.2.3' },
  },
  capacity: { memory: { value: '40Gi' } },
};

function matches(expression: string): boolean {
  return compileDeviceSelector(expression).matches('dra.example.com', device);
}

test('a selector asks about driver, attributes and capacity of a device', () => {
  assert.equal(matches('device.driver == "dra.example.com"'), true);
  assert.equal(matches('device.attributes["dra.example.com"].model == "A100"'), true);
  assert.equal(matches('device.attributes["other.example"].cores > 8'), false);
  assert.equal(matches('device.attributes["dra.example.com"].healthy'), true);
  assert.equal(matches('device.attributes["dra.example.com"].driverVersion.isGreaterThan(semver("1.2.0"))'), true);
  assert.equal(matches('device.capacity["dra.example.com"].memory.compareTo(quantity("40Gi")) == 0'), true);
  assert.equal(matches('device.allowMultipleAllocations'), false);
  assert.equal(matches('cel.bind(own, device.attributes["dra.example.com"], own.healthy && own.model.startsWith("A"))'), true);
});

test('what is described alike may be the devices of several drivers', () => {
  const { matches: isOurs } = compileDeviceSelector(
    'device.driver == "dra.example.com" && device.attributes["dra.example.com"].model == "A100"',
  );
  const drivers = ['dra.example.com', 'other.example', 'dra.example.com'];
  assert.deepEqual(
    drivers.map((driver) => isOurs(driver, device)),
    [true, false, true],
  );
});

test('a domain of which a device has nothing is empty, and is not among its domains', () => {
  assert.equal(matches('has(device.attributes["unknown.example"].model)'), false);
  assert.equal(matches('"unknown.example" in device.attributes'), false);
  assert.throws(() => matches('device.attributes["unknown.example"].model == "x"'), { message: 'no such key: model' });
});

test('a selector that does not compile says why', () => {
  const refused: readonly (readonly [expression: string, message: string])[] = [
    ['device.foo', "compilation failed: ERROR: <input>:1:7: undefined field 'foo'\n | device.foo\n | ......^"],
    ['device.driver', 'must evaluate to bool or the unknown type, not string'],
    ['device.capacity["d"].mem', 'must evaluate to bool or the unknown type, not kubernetes.Quantity'],
    [
      'cel.bind(1, 2, 3)',
      'compilation failed: ERROR: <input>:1:10: cel.bind() variable names must be simple identifiers\n | cel.bind(1, 2, 3)\n | .........^',
    ],
  ];
  for (const [expression, message] of refused) assert.throws(() => compileDeviceSelector(expression), { message });
  assert.throws(() => matches('device.attributes["dra.example.com"].model'), {
    message: "CEL result of type string could not be converted to bool: unsupported type conversion from 'string' to bool",
  });
});

test('what a selector can cost is known before it is used', () => {
  const cost = (expression: string) => compileDeviceSelector(expression).maxCost;
  assert.ok(cost('device.attributes["d"].x.matches("a.*b")') < maxDeviceSelectorCost);
  const all = 'device.attributes.all(d, device.attributes[d].all(n, device.attributes.all(e, device.attributes[e].all(m, n == m))))';
  assert.ok(cost(all) > maxDeviceSelectorCost);
});
