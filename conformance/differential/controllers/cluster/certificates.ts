import type { Random } from '../../../../src/machinery/random.ts';
import { pick } from '../../mutations.ts';
import type { Scenario, Step } from '../scenario.ts';
import { between, chance, change, create, maybe, pathOf, remove } from '../steps.ts';

/** Certificate requests in PEM: of a developer, of a node as client and as server, of nobody's group, and none at all. */
const requests = [
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIV01INENBUUF3SERFTU1Bb0dBMVVFQ2d3RFpHVjJNUXd3Q2dZRFZRUUREQU5oWkdFd1dUQVRCZ2NxaGtqTwpQUUlCQmdncWhrak9QUU1CQndOQ0FBU3NOclVBQnBucC9ZWktpWEJ0VmNXaktOcE9OTVk5V1Z1Sll1LzZSQzM0ClRFalFLSXFMa0R6a2NVV3F4Y01RYnF5QnR4QmFRYXJ3UUZxR0QvT25PQXJYb0FBd0NnWUlLb1pJemowRUF3SUQKU0FBd1JRSWhBS28vZ1N6TTlJOHFkSzZqZG5SNmgrRmw1Vjc5cWhVVXpQN2VYRnViMXZYbkFpQTZKaWlSelJwNwpHZVFkbldOR0JPVWcrdFpSajlqbnQzcWd5Uk1Zdyt4TmpnPT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC0tLS0tCg==',
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIdE1JR1RBZ0VBTURFeEZUQVRCZ05WQkFvTURITjVjM1JsYlRwdWIyUmxjekVZTUJZR0ExVUVBd3dQYzNsegpkR1Z0T201dlpHVTZZV1JoTUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFSnpQRHhDMlFXbGlUCmI5dFpLSE12RVZwbjI0eWRLT1VsZEE0SWRXZFUvZnB1TFJTRkl3SEdrLzNlcEpkTUtUWnkxV0JZZUpLRC9JZEkKUlkyZFpobUZmS0FBTUFvR0NDcUdTTTQ5QkFNQ0Ewa0FNRVlDSVFEcklmWlVBQktneTZRdG9Bd3dUblNlcVp5Wgpnd09xWUoyMzVPYjhTN2tmaHdJaEFOLzV1UEV0ek91ckNvTGhYZ09UN3MreVFpUXBXR09lakU4eGNhTzVPMHNwCi0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=',
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQkh6Q0J4Z0lCQURBeE1SVXdFd1lEVlFRS0RBeHplWE4wWlcwNmJtOWtaWE14R0RBV0JnTlZCQU1NRDNONQpjM1JsYlRwdWIyUmxPbUZrWVRCWk1CTUdCeXFHU000OUFnRUdDQ3FHU000OUF3RUhBMElBQkpKWXNDbENZMWQ2ClNQczlhcFI2YWY5WlRuT2VRWUQzcjBSVGV2WStHZ0lHMFh6SkcrYnhFYllFRWNFcWV3Ykk1SVlCMHBUYUx3TmYKdFFvcjZFVTZWbHlnTXpBeEJna3Foa2lHOXcwQkNRNHhKREFpTUNBR0ExVWRFUVFaTUJlQ0QyRmtZUzVsZUdGdApjR3hsTG1OdmJZY0VDZ0FBQVRBS0JnZ3Foa2pPUFFRREFnTklBREJGQWlFQW5nTk0yVkxHcjliNVpVSFFxNmxUCmQ3QzhxZlQrT0xiTFR0ZHRsU1p6YU9JQ0lBbDhKMmgxdUU4TjBjdXlqbU04eTBkVC9tdFFoUnNkalo4dlA4L0oKUEYyZgotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K',
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIS01ISUNBUUF3RURFT01Bd0dBMVVFQXd3RmNHeGhhVzR3V1RBVEJnY3Foa2pPUFFJQkJnZ3Foa2pPUFFNQgpCd05DQUFTU1dMQXBRbU5YZWtqN1BXcVVlbW4vV1U1em5rR0E5NjlFVTNyMlBob0NCdEY4eVJ2bThSRzJCQkhCCktuc0d5T1NHQWRLVTJpOERYN1VLSytoRk9sWmNvQUF3Q2dZSUtvWkl6ajBFQXdJRFNBQXdSUUloQVBOZ3Y4WlIKVVVBK2pzNHR5L29aakpMMUVBNlRWVkVOakRwZ2hnNE1qdTZVQWlCNmFHcjFCSXIrWWVXbmlpM0FMODlSMTZRTgpTRGNmdzZ3Ym1FWFdDLzFkMmc9PQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K',
];
const signers = [
  'kubernetes.io/kube-apiserver-client',
  'kubernetes.io/kube-apiserver-client-kubelet',
  'kubernetes.io/kubelet-serving',
  'kubernetes.io/legacy-unknown',
  'example.com/own',
];
const usages = [
  ['client auth'],
  ['digital signature', 'client auth'],
  ['digital signature', 'key encipherment', 'client auth'],
  ['digital signature', 'server auth'],
  ['key encipherment', 'digital signature', 'server auth'],
  ['signing'],
];

const request = (random: Random, number: number): Step =>
  create('CertificateSigningRequest', {
    metadata: { name: `r${number}` },
    spec: {
      request: pick(random, requests),
      signerName: pick(random, signers),
      usages: pick(random, usages),
      ...maybe(random, 0.4, { expirationSeconds: pick(random, [600, 3600, 100_000_000]) }),
    },
  } as never);

/** Somebody decides. */
function judged(name: string, type: string): Step {
  const conditions = [{ type, status: 'True', reason: 'Judged', message: 'by hand' }];
  return {
    what: `judge ${name} ${type}`,
    act: async ({ namespace, send }) => {
      const path = `${pathOf(namespace, 'CertificateSigningRequest', name)}/${type === 'Failed' ? 'status' : 'approval'}`;
      await send('PATCH', path, { status: { conditions } }, 'application/strategic-merge-patch+json');
    },
  };
}

function step(random: Random): Step[] {
  const name = `r${between(random, 1, 3)}`;
  const options: (() => Step[])[] = [
    () => [request(random, between(random, 1, 3))],
    () => [judged(name, 'Approved')],
    () => [judged(name, 'Approved')],
    () => [judged(name, 'Denied')],
    () => [judged(name, 'Failed')],
    () => [remove('CertificateSigningRequest', name)],
    () => [change('CertificateSigningRequest', name, { metadata: { labels: { more: 'x' } } })],
  ];
  return pick(random, options)();
}

/** Certificate requests for every signer, which somebody approves or not. */
export function certificatesScenario(random: Random): Scenario {
  const steps = [request(random, 1), ...(chance(random, 0.7) ? [judged('r1', 'Approved')] : []), request(random, 2)];
  for (let i = between(random, 4, 8); i > 0; i--) steps.push(...step(random));
  return { name: 'certificates', steps };
}
