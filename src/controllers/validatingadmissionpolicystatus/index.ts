import { checkPolicyTypes } from '../../../api/cel/policy/type-check.ts';
import type { ValidatingAdmissionPolicy } from '../../../openapi/types.ts';
import { createController } from '../../runtime/controller.ts';
import { unlessNotFound } from '../../runtime/errors.ts';
import { keyOf } from '../../runtime/keys.ts';
import { type ControllerContext, type RunningController, run } from '../context.ts';
import { customResourceDefinitions, validatingAdmissionPolicies } from '../resources.ts';
import { KindSchemas } from './kind-schemas.ts';
import { resourcesToCheck } from './rules.ts';

const name = 'validatingadmissionpolicy-status';

/** Says in a policy's status what its expressions get wrong about the kinds that it is about. */
export function startPolicyStatusController(context: ControllerContext): RunningController {
  const api = context.clientFor('validatingadmissionpolicy-status-controller').resource(validatingAdmissionPolicies);
  const policies = context.informers.for(validatingAdmissionPolicies);
  const definitions = context.informers.for(customResourceDefinitions);
  const controller = createController({ name, workers: 5, reconcile, informers: [policies, definitions] }, context);
  const schemas = new KindSchemas(() => definitions.list());
  const enqueue = (policy: ValidatingAdmissionPolicy) => controller.enqueue(keyOf(policy));
  policies.addHandler({ added: enqueue, updated: enqueue });

  async function reconcile(key: string): Promise<void> {
    const policy = policies.getByKey(key) as ValidatingAdmissionPolicy | undefined;
    const generation = policy?.metadata?.generation ?? 0;
    if (!policy?.spec || generation <= (policy.status?.observedGeneration ?? 0)) return;
    const kinds = resourcesToCheck(policy.spec, (group, version, resource) => schemas.ofResource(group, version, resource));
    const { apiVersion = '', kind = '' } = policy.spec.paramKind ?? {};
    const expressionWarnings = checkPolicyTypes(
      policy.spec as Parameters<typeof checkPolicyTypes>[0],
      kinds,
      { kind, schema: schemas.ofKind(apiVersion, kind) },
      (context.clock.now() % 1000) * 1_000_000,
    );
    const body = {
      apiVersion: `${validatingAdmissionPolicies.group}/${validatingAdmissionPolicies.version}`,
      kind: validatingAdmissionPolicies.kind,
      metadata: { name: key },
      status: { observedGeneration: generation, typeChecking: expressionWarnings.length > 0 ? { expressionWarnings } : {} },
    };
    await unlessNotFound(
      api.patch('', key, 'application/apply-patch+yaml', body, { fieldManager: name, force: true, subresource: 'status' }),
    );
  }

  return run(name, [controller]);
}
