import type { Deployment, DeploymentSpec, DeploymentStrategy, LabelSelector } from '../../../openapi/types.ts';
import { ageColumn, containerColumns, nameColumn } from '../../core/v1/columns.ts';
import { validateCoreMeta, validateCoreMetaUpdate } from '../../core/v1/core-meta.validation.ts';
import { podNameWarnings, podTemplateWarnings, withPodTemplate } from '../../core/v1/pod.template.ts';
import { defineResource } from '../../define.ts';
import { type FieldError, FieldPath, forbidden, invalid, notSupported, required } from '../../meta/field.ts';
import {
  numberOf,
  validateAtMost100Percent,
  validateIntOrPercent,
  validateNonNegativeFields,
  validateNotDecremented,
  validateNotGreater,
} from '../../meta/numbers.validation.ts';
import { asSent, noteSentEmpty } from '../../meta/sent-empty.ts';
import { countGeneration, keepStatus, scaleSubresource, statusSubresource } from '../../meta/statuses.ts';
import { int64Problem } from '../../meta/text.ts';
import { readyColumn, selectorColumn } from './workload.columns.ts';
import { defaultTemplateOf } from './workload.defaults.ts';
import { readSelector, validateReplicaTemplate, validateSelectorUnchanged } from './workload.validation.ts';

const path = FieldPath.of('spec');
const templatePath = path.child('template');

/** The rollback that is asked for is a field of the old API's spec; this version shows it as an annotation. */
const rollbackTo = 'deprecated.deployment.rollback.to';

const rollbackOf = ({ metadata }: Deployment): string | undefined => metadata?.annotations?.[rollbackTo];

function unconvertible(deployment: Deployment): string | undefined {
  const revision = rollbackOf(deployment);
  const problem = revision ? int64Problem(revision) : undefined;
  return problem && `failed to parse annotation[${rollbackTo}]=${revision} as int64: ${problem}`;
}

function setRollback(deployment: Deployment, revision: string | undefined): void {
  const { metadata } = deployment;
  const { [rollbackTo]: _, ...others } = metadata!.annotations ?? {};
  const annotations = revision ? { ...others, [rollbackTo]: String(BigInt(revision)) } : others;
  if (Object.keys(annotations).length > 0) metadata!.annotations = annotations;
  else delete metadata!.annotations;
}

function defaults(deployment: Deployment): void {
  const revision = rollbackOf(deployment);
  if (revision !== undefined) setRollback(deployment, revision);
  if (revision === '') noteSentEmpty(deployment.metadata!, rollbackTo, '');
  const spec = (deployment.spec ??= {} as DeploymentSpec);
  defaultTemplateOf(spec);
  spec.replicas ??= 1;
  const strategy = (spec.strategy ??= {});
  strategy.type ||= 'RollingUpdate';
  if (strategy.type === 'RollingUpdate') {
    strategy.rollingUpdate ??= {};
    strategy.rollingUpdate.maxUnavailable ??= '25%';
    strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
}

function validateStrategy(strategy: DeploymentStrategy, at: FieldPath): FieldError[] {
  const numbers = strategy.rollingUpdate;
  if (strategy.type === 'Recreate') {
    return numbers ? [forbidden(at.child('rollingUpdate'), "may not be specified when strategy `type` is 'Recreate'")] : [];
  }
  if (strategy.type !== 'RollingUpdate') {
    const printed = {
      Type: strategy.type,
      RollingUpdate: numbers ? { MaxUnavailable: numbers.maxUnavailable ?? 0, MaxSurge: numbers.maxSurge ?? 0 } : null,
    };
    return [notSupported(at, printed, ['Recreate', 'RollingUpdate'])];
  }
  if (!numbers) return [required(at.child('rollingUpdate'), 'this should be defaulted and never be nil')];
  const { maxUnavailable = 0, maxSurge = 0 } = numbers;
  const unavailablePath = at.child('rollingUpdate', 'maxUnavailable');
  const errors = validateIntOrPercent(maxUnavailable, unavailablePath);
  errors.push(...validateIntOrPercent(maxSurge, at.child('rollingUpdate', 'maxSurge')));
  if (numberOf(maxUnavailable) === 0 && numberOf(maxSurge) === 0) {
    errors.push(invalid(unavailablePath, maxUnavailable, 'may not be 0 when `maxSurge` is 0'));
  }
  return [...errors, ...validateAtMost100Percent(maxUnavailable, unavailablePath)];
}

function validateSpec(deployment: Deployment): FieldError[] {
  const spec = deployment.spec!;
  const { minReadySeconds = 0, progressDeadlineSeconds: deadline } = spec;
  const errors = [
    ...validateNonNegativeFields(spec, ['replicas'], path),
    ...validateReplicaTemplate(spec, path),
    ...validateStrategy(spec.strategy ?? {}, path.child('strategy')),
    ...validateNonNegativeFields(spec, ['minReadySeconds', 'revisionHistoryLimit'], path),
    ...validateNonNegativeFields({ version: Number(rollbackOf(deployment) ?? 0) }, ['version'], path.child('rollback')),
    ...validateNonNegativeFields(spec, ['progressDeadlineSeconds'], path),
  ];
  if (deadline !== undefined && deadline <= minReadySeconds) {
    errors.push(invalid(path.child('progressDeadlineSeconds'), deadline, 'must be greater than minReadySeconds'));
  }
  return errors;
}

const counts = ['replicas', 'updatedReplicas', 'readyReplicas', 'availableReplicas', 'unavailableReplicas'];

function validateStatusUpdate(deployment: Deployment, old: Deployment): FieldError[] {
  const { status } = deployment;
  const at = FieldPath.of('status');
  return [
    ...validateCoreMetaUpdate(deployment.metadata, old.metadata),
    ...validateNonNegativeFields(status, ['observedGeneration', ...counts, 'terminatingReplicas', 'collisionCount'], at),
    ...validateNotGreater(
      status,
      ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
      'replicas',
      'cannot be greater than status.replicas',
      at,
    ),
    ...validateNotGreater(status, ['availableReplicas'], 'readyReplicas', 'cannot be greater than readyReplicas', at),
    ...validateNotDecremented(status?.collisionCount, old.status?.collisionCount, at.child('collisionCount')),
  ];
}

// Unlike other kinds' tables, an empty selector is printed as nothing.
const selectorText = (selector: LabelSelector | undefined): string => readSelector(selector)?.toString() ?? '<invalid>';

/** Deployments. Compared with v1.36.3: defaults, strategy, immutable selector, generations, scale, status, warnings, table. */
export const deployment = defineResource<Deployment>({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  scope: 'Namespaced',
  schema: 'io.k8s.api.apps.v1.Deployment',
  defaultGarbageCollectionPolicy: 'background',
  emptySpec: { replicas: 0 },
  subresources: [
    scaleSubresource,
    statusSubresource<Deployment>(
      {
        prepareForUpdate(object, old) {
          if (old.metadata?.labels) object.metadata!.labels = old.metadata.labels;
          else delete object.metadata?.labels;
          const revision = rollbackOf(old);
          if (revision !== rollbackOf(object)) setRollback(object, revision);
        },
        validateUpdate: validateStatusUpdate,
      },
      [['spec'], ['metadata', 'labels']],
    ),
  ],
  columns: [
    nameColumn,
    readyColumn,
    {
      name: 'Up-to-date',
      type: 'string',
      description: ['io.k8s.api.apps.v1.DeploymentStatus', 'updatedReplicas'],
      cell: ({ status }) => status?.updatedReplicas ?? 0,
    },
    {
      name: 'Available',
      type: 'string',
      description: ['io.k8s.api.apps.v1.DeploymentStatus', 'availableReplicas'],
      cell: ({ status }) => status?.availableReplicas ?? 0,
    },
    ageColumn,
    ...containerColumns<Deployment>((object) => object.spec?.template?.spec?.containers, 1),
    selectorColumn<Deployment>(['io.k8s.api.apps.v1.DeploymentSpec', 'selector'], (object) => object.spec?.selector, selectorText),
  ],
  resetFields: [['status']],
  defaults,
  unconvertible,
  ...withPodTemplate<Deployment>((object) => object.spec?.template, {
    prepareForCreate(object) {
      object.status = {};
      object.metadata!.generation = 1;
    },
    prepareForUpdate(object, old) {
      keepStatus(object, old);
      // An empty one asks for nothing and is not stored, so that each update that has it changes the annotations.
      const empty = asSent<Record<string, unknown>, string>(object.metadata, rollbackTo) === '' ? { [rollbackTo]: '' } : {};
      countGeneration(
        { ...object, annotations: { ...object.metadata.annotations, ...empty } },
        { ...old, annotations: old.metadata?.annotations ?? {} },
        'spec',
        'annotations',
      );
    },
  }),
  validate: (object) => [...validateCoreMeta(object.metadata, { namespaced: true }), ...validateSpec(object)],
  validateUpdate: (object, old) => [
    ...validateCoreMetaUpdate(object.metadata, old.metadata),
    ...validateSpec(object),
    ...validateSelectorUnchanged(object.spec.selector, old.spec.selector, path.child('selector')),
  ],
  warnings(object, old) {
    if (!old) return [...podNameWarnings(object.metadata.name ?? ''), ...podTemplateWarnings(object.spec.template, templatePath)];
    return object.metadata.generation === old.metadata.generation ? [] : podTemplateWarnings(object.spec.template, templatePath);
  },
});
