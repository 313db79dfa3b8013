import { agnhostPrograms } from './agnhost.ts';
import { agnhostListens } from './agnhost-servers.ts';
import { metricsServerImage } from './metrics-server/metrics-server.ts';
import type { ImageRule, ServerBehaviour } from './rules.ts';
import { webImages } from './web-images.ts';

const agnhostServer: ServerBehaviour = { code: 2, endsAfter: 200 };

/** The images that the nodes know something of. What anything else comes to is in the README of this folder. */
export const defaultImages: readonly ImageRule[] = [
  // Hosts that no resolver knows (RFC 6761), or that are named so.
  { image: '*.invalid/*', pull: 'unreachable' },
  { image: '*.invalid:*/*', pull: 'unreachable' },
  { image: 'invalid.*/*', pull: 'unreachable' },
  // Registries that are named so, and the one that Kubernetes' own tests have credentials for.
  { image: ['private.*/*', 'private-registry.*/*', 'gcr.io/authenticated-image-pulling/*'], pull: 'private' },
  // Names by which people mean an image that is not there.
  {
    image: [
      '*:404',
      ...[
        'non-existent',
        'nonexistent',
        'does-not-exist',
        'doesnt-exist',
        'doesnotexist',
        'not-found',
        'notfound',
        'no-such-image',
        'no-such-tag',
      ].map((name) => `*${name}*`),
    ],
    pull: 'notFound',
  },
  { image: ['*/pause:*', '*/pause@*'], program: { entrypoint: ['/pause'], servers: { pause: { code: 0, endsAfter: 0 } } } },
  {
    image: ['*/agnhost:*', '*/agnhost@*'],
    program: {
      entrypoint: ['/agnhost'],
      arguments: ['pause'],
      programs: agnhostPrograms,
      listens: agnhostListens,
      servers: {
        'agnhost pause': { ...agnhostServer, prints: 'Paused\n' },
        'agnhost liveness': { ...agnhostServer, failsAfter: 10_000 },
        agnhost: agnhostServer,
      },
    },
  },
  ...webImages,
  metricsServerImage,
  { image: ['*/busybox:*', '*/busybox@*', '*/alpine:*', '*/alpine@*'], program: { shell: 'sh' } },
  { image: ['*/ubuntu:*', '*/ubuntu@*', '*/debian:*', '*/debian@*', '*/bash:*'], program: { shell: 'bash' } },
];
