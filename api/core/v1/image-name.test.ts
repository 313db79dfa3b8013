import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseImageName } from './image-name.ts';

const hex = 'a1'.repeat(32);

test('image references are read by the grammar of registries', () => {
  const cases: [image: string, expected: ReturnType<typeof parseImageName>][] = [
    ['nginx', { repository: 'docker.io/library/nginx', tag: 'latest', digest: '' }],
    ['nginx:1.27', { repository: 'docker.io/library/nginx', tag: '1.27', digest: '' }],
    ['registry.example:5000/team/app', { repository: 'registry.example:5000/team/app', tag: 'latest', digest: '' }],
    ['registry.example:5000/team/app:v2', { repository: 'registry.example:5000/team/app', tag: 'v2', digest: '' }],
    ['localhost/app:latest', { repository: 'localhost/app', tag: 'latest', digest: '' }],
    ['Team/app', { repository: 'Team/app', tag: 'latest', digest: '' }],
    [`app@sha256:${hex}`, { repository: 'docker.io/library/app', tag: '', digest: `sha256:${hex}` }],
    [`app:latest@sha256:${hex}`, { repository: 'docker.io/library/app', tag: 'latest', digest: `sha256:${hex}` }],
    [`app@sha256:${hex}00`, undefined],
    [hex, undefined],
    ['', undefined],
    [' nginx', undefined],
    ['A_b', undefined],
    ['../up', undefined],
    ['team/App', undefined],
    ['nginx:', undefined],
    ['a//b', undefined],
    [`a/${'b'.repeat(300)}`, undefined],
  ];
  for (const [image, expected] of cases) assert.deepStrictEqual(parseImageName(image), expected, image);
});
