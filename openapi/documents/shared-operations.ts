import { groupTitle, groupVersionPath, groupVersionTitle, tagOf } from './names.ts';
import type { Operation } from './operation.ts';
import { objectTypes } from './resource-operations.ts';

const meta = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const read = { method: 'get', parameters: [], codes: [200, 401] } as const;
const discovery = { ...read, consumes: objectTypes, produces: objectTypes } as const;

/** Operations outside of any group, by the name of their v3 document. */
export const serverOperations: Readonly<Record<string, readonly Operation[]>> = {
  '.well-known/openid-configuration': [
    {
      ...{ ...read, path: '/.well-known/openid-configuration/', operationId: 'getServiceAccountIssuerOpenIDConfiguration' },
      description: "get service account issuer OpenID configuration, also known as the 'OIDC discovery doc'",
      ...{ tag: 'WellKnown', produces: ['application/json'], answer: undefined },
    },
  ],
  api: [
    {
      ...{ ...discovery, path: '/api/', operationId: 'getCoreAPIVersions', description: 'get available API versions', tag: 'core' },
      answer: `${meta}.APIVersions`,
    },
  ],
  apis: [
    {
      ...{ ...discovery, path: '/apis/', operationId: 'getAPIVersions', description: 'get available API versions', tag: 'apis' },
      answer: `${meta}.APIGroupList`,
    },
  ],
  'openid/v1/jwks': [
    {
      ...{ ...read, path: '/openid/v1/jwks/', operationId: 'getServiceAccountIssuerOpenIDKeyset', tag: 'openid' },
      description: 'get service account issuer OpenID JSON Web Key Set (contains public token verification keys)',
      ...{ produces: ['application/jwk-set+json'], answer: undefined },
    },
  ],
  version: [
    {
      ...{ ...read, path: '/version/', operationId: 'getCodeVersion', description: 'get the version information for this server' },
      ...{ tag: 'version', consumes: ['application/json'], produces: ['application/json'] },
      answer: 'io.k8s.apimachinery.pkg.version.Info',
    },
  ],
};

export function groupOperation(group: string): Operation {
  return {
    ...{ ...discovery, path: `/apis/${group}/`, operationId: `get${groupTitle(group)}APIGroup`, description: 'get information of a group' },
    ...{ tag: tagOf(group), answer: `${meta}.APIGroup` },
  };
}

export function groupVersionOperation(group: string, version: string): Operation {
  return {
    ...{ ...discovery, path: `${groupVersionPath(group, version)}/`, description: 'get available resources' },
    operationId: `get${groupVersionTitle(group, version)}APIResources`,
    ...{ tag: tagOf(group, version), answer: `${meta}.APIResourceList` },
  };
}
