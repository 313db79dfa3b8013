import { Environment } from '../check/environment.ts';
import { dynType, optionalType, typeType } from '../check/types.ts';
import { authorizerLibrary } from './authorizer.ts';
import { formatLibrary } from './formats.ts';
import { listLibrary } from './lists.ts';
import { protobufMessages } from './messages.ts';
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
  ...protobufMessages,
  types: [typeType, optionalType(dynType), ipType, cidrType],
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
