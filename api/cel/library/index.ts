import { Environment } from '../check/environment.ts';
import {
  boolType,
  bytesType,
  doubleType,
  durationType,
  dynType,
  intType,
  listType,
  mapType,
  nullType,
  optionalType,
  stringType,
  timestampType,
  typeType,
  uintType,
} from '../check/types.ts';
import { authorizerLibrary } from './authorizer.ts';
import { formatLibrary } from './formats.ts';
import { listLibrary } from './lists.ts';
import { cidrType, ipType, networkLibrary } from './network.ts';
import { optionalLibrary } from './optionals.ts';
import { quantityLibrary } from './quantity.ts';
import { regexLibrary } from './regex.ts';
import { semverLibrary } from './semver.ts';
import { standardLibrary } from './standard.ts';
import { stringLibrary } from './strings.ts';
import { urlLibrary } from './urls.ts';

/** The environment that every expression of Kubernetes 1.36 has; variables and types come with where the expression stands. */
export const kubernetesEnvironment: Environment = Environment.empty.extend({
  types: [
    boolType,
    bytesType,
    doubleType,
    durationType,
    intType,
    listType(dynType),
    mapType(dynType, dynType),
    nullType,
    stringType,
    timestampType,
    typeType,
    uintType,
    optionalType(dynType),
    ipType,
    cidrType,
  ],
  functions: [
    ...standardLibrary(),
    ...optionalLibrary(),
    ...urlLibrary(),
    ...regexLibrary(),
    ...listLibrary(),
    ...authorizerLibrary(),
    ...quantityLibrary(),
    ...stringLibrary(),
    ...networkLibrary(),
    ...formatLibrary(),
    ...semverLibrary(),
  ],
});
