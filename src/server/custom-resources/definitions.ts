import type { ResourceDefinition, Strategy, Subresource, Verb } from '../../../api/define.ts';
import { isConditionTrue } from '../../../api/meta/conditions.ts';
import { apiVersionOf, type KubeObject } from '../../../api/meta/object.ts';
import type { Structural } from '../../../api/structural/structural.ts';
import type { CustomDocumentation } from '../../../openapi/documents/resource.ts';
import type { ObjectSchema, Schema, SchemaSource } from '../../../openapi/schema.ts';
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from '../../../openapi/types.ts';
import { compareVersions } from '../discovery/priorities.ts';
import { applySchema } from './apply-schema.ts';
import { customColumns, selectableField } from './columns.ts';
import { customConversion } from './conversion.ts';
import { ConversionWebhook, type ConversionWebhookParts } from './conversion-webhook.ts';
import { decodeCustom } from './decode.ts';
import { ExpressionRules } from './expression-rules.ts';
import { type CustomRules, customStatusStrategy, customStrategy, scaleSubresource } from './strategy.ts';
import { VersionSchemas } from './version-schemas.ts';

const allVerbs: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const verbsWhileTerminating: readonly Verb[] = ['delete', 'deletecollection', 'get', 'list', 'watch'];
/** Of CEL's units, a million of which take some 20 to 40 ms. */
const costlyFrom = 250_000;
const metaName = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** A version's name with the definition that serves it. */
export interface CustomVersion {
  readonly name: string;
  readonly served: boolean;
  readonly definition: ResourceDefinition;
}

/**
 * What a CustomResourceDefinition serves: one ResourceDefinition a version, the same object as `defineResource` makes of a built-in kind. Everything that
 * depends on the schema is made when it is first used.
 */
export function customVersions(
  crd: CustomResourceDefinition,
  schemas: SchemaSource,
  webhookParts: ConversionWebhookParts,
): CustomVersion[] {
  const { strategy, webhook } = crd.spec.conversion ?? {};
  const family: Family = {
    crd,
    schemas,
    own: new VersionSchemas(crd),
    versions: new Map(),
    webhook:
      strategy === 'Webhook' ? new ConversionWebhook(webhook!.clientConfig!, webhook!.conversionReviewVersions, webhookParts) : undefined,
  };
  return (crd.spec.versions ?? []).map((version) => {
    const definition = new CustomKind(family, version);
    family.versions.set(apiVersionOf(crd.spec.group, version.name), definition);
    return { name: version.name, served: version.served, definition };
  });
}

/** Whether the definition's kinds are served at all: its names were accepted once. */
export function isServed({ status }: CustomResourceDefinition): boolean {
  return isConditionTrue(status?.conditions, 'NamesAccepted') || isConditionTrue(status?.conditions, 'Established');
}

/** Whether the definition goes, so that nothing new may be made. */
export function isTerminating({ metadata, status }: CustomResourceDefinition): boolean {
  return Boolean(metadata?.deletionTimestamp) || isConditionTrue(status?.conditions, 'Terminating');
}

/** What the versions of one kind share. */
interface Family {
  readonly crd: CustomResourceDefinition;
  readonly schemas: SchemaSource;
  readonly own: VersionSchemas;
  readonly versions: Map<string, ResourceDefinition>;
  readonly webhook: ConversionWebhook | undefined;
}

class CustomKind implements ResourceDefinition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly listKind: string;
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
  readonly scope: 'Namespaced' | 'Cluster';
  readonly verbs: readonly Verb[] = allVerbs;
  readonly discoveredVerbs?: readonly Verb[];
  readonly refusesCreate?: string;
  readonly storage: ResourceDefinition['storage'];
  readonly convert: NonNullable<ResourceDefinition['convert']>;
  readonly allowUnconditionalUpdate = false;
  readonly resetFields?: readonly (readonly string[])[];
  readonly deprecation?: string;
  readonly documentation: CustomDocumentation;
  readonly prepareForCreate: NonNullable<Strategy['prepareForCreate']>;
  readonly prepareForUpdate: NonNullable<Strategy['prepareForUpdate']>;
  readonly validate: NonNullable<Strategy['validate']>;
  readonly validateUpdate: NonNullable<Strategy['validateUpdate']>;
  readonly validationWarnings: NonNullable<Strategy['validationWarnings']>;
  readonly warnings: NonNullable<Strategy['warnings']>;
  private readonly source: CustomResourceDefinitionVersion;
  private readonly family: Family;
  private readonly hasStatus: boolean;
  private forApply: ObjectSchema | undefined;
  private rules: Strategy<KubeObject> | undefined;
  private expressions: ExpressionRules | undefined;
  private parts: readonly Subresource[] | undefined;
  private printed: ResourceDefinition['columns'] | undefined;

  constructor(family: Family, version: CustomResourceDefinitionVersion) {
    const { crd } = family;
    const { spec, status } = crd;
    const names = status!.acceptedNames!;
    this.source = version;
    this.family = family;
    this.group = spec.group;
    this.version = version.name;
    this.kind = names.kind;
    this.plural = names.plural;
    this.singular = names.singular ?? '';
    this.listKind = names.listKind ?? '';
    if (names.shortNames) this.shortNames = names.shortNames;
    if (names.categories) this.categories = names.categories;
    this.scope = spec.scope === 'Namespaced' ? 'Namespaced' : 'Cluster';
    if (isConditionTrue(status?.conditions, 'Terminating')) this.discoveredVerbs = verbsWhileTerminating;
    if (isTerminating(crd)) this.refusesCreate = 'create not allowed while custom resource definition is terminating';
    const storage = spec.versions.find((each) => each.storage);
    this.storage = { group: spec.group, resource: names.plural, ...(storage?.served ? { version: storage.name } : {}) };
    this.documentation = {
      schema: version.schema?.openAPIV3Schema as Record<string, unknown> | undefined,
      selectableFields: version.selectableFields?.map(({ jsonPath }) => jsonPath.replace(/^\./, '')) ?? [],
      fingerprint: JSON.stringify([crd.metadata!.uid, crd.metadata!.generation, names]),
    };
    this.hasStatus = version.subresources?.status !== undefined;
    if (this.hasStatus) this.resetFields = [['status']];
    if (version.deprecated) this.deprecation = version.deprecationWarning ?? deprecationOf(crd, version.name);
    const stored = apiVersionOf(spec.group, storage?.name ?? version.name);
    const own = apiVersionOf(spec.group, version.name);
    this.convert = customConversion({
      schemas: family.own,
      meta: () => this.meta,
      versions: family.versions,
      own,
      stored,
      webhook: family.webhook,
    });
    this.prepareForCreate = (...parts) => this.strategy.prepareForCreate!(...parts);
    this.prepareForUpdate = (...parts) => this.strategy.prepareForUpdate!(...parts);
    this.validate = (...parts) => this.strategy.validate!(...parts);
    this.validateUpdate = (...parts) => this.strategy.validateUpdate!(...parts);
    this.validationWarnings = (object) => this.strategy.validationWarnings!(object);
    this.warnings = (...parts) => this.strategy.warnings!(...parts);
    const selectable = version.selectableFields;
    if (selectable?.length) this.selectableFields = Object.fromEntries(selectable.map(({ jsonPath }) => selectableField(jsonPath)));
  }

  readonly selectableFields?: Readonly<Record<string, (object: KubeObject) => string>>;

  /** The structural schema of the version's objects. */
  get structural(): Structural {
    return this.family.own.get(apiVersionOf(this.group, this.version))!;
  }

  private get meta(): Schema {
    return this.family.schemas.get(metaName);
  }

  get schema(): ObjectSchema {
    return (this.forApply ??= new CustomSchema(
      () => applySchema(this.structural, this.meta) as ObjectSchema,
      (value, options) => decodeCustom(value, this.structural, this.meta, options),
    ));
  }

  get columns(): ResourceDefinition['columns'] {
    return (this.printed ??= customColumns(this.source.additionalPrinterColumns));
  }

  get subresources(): readonly Subresource[] {
    return (this.parts ??= this.makeSubresources());
  }

  private get strategy(): Strategy<KubeObject> {
    return (this.rules ??= customStrategy(this.customRules()));
  }

  /** Sticks: what one object could do, others can. */
  get isCostly(): boolean {
    return this.expressions !== undefined && this.expressions.highestCost > costlyFrom;
  }

  private customRules(): CustomRules {
    this.expressions ??= new ExpressionRules(this.structural);
    return {
      expressions: this.expressions,
      schema: this.structural,
      namespaced: this.scope === 'Namespaced',
      hasStatus: this.hasStatus,
      scale: this.source.subresources?.scale,
    };
  }

  private makeSubresources(): Subresource[] {
    const { scale } = this.source.subresources ?? {};
    const status: Subresource = {
      type: 'part',
      name: 'status',
      verbs: ['get', 'patch', 'update'],
      resetFields: [['metadata'], ['spec']],
      strategy: customStatusStrategy(this.customRules()),
    };
    return [...(this.hasStatus ? [status] : []), ...(scale ? [scaleSubresource(scale)] : [])];
  }
}

/** The schema of a custom kind, which is translated for apply when something is applied. */
class CustomSchema implements ObjectSchema {
  readonly type = 'object';
  readonly decode: NonNullable<ObjectSchema['decode']>;
  private readonly translate: () => ObjectSchema;
  private translated: ObjectSchema | undefined;

  constructor(translate: () => ObjectSchema, decode: NonNullable<ObjectSchema['decode']>) {
    this.translate = translate;
    this.decode = decode;
  }

  private get whole(): ObjectSchema {
    return (this.translated ??= this.translate());
  }

  get fields(): ObjectSchema['fields'] {
    return this.whole.fields;
  }

  get mapType(): ObjectSchema['mapType'] {
    return this.whole.mapType;
  }

  get preserveUnknownFields(): boolean {
    return this.whole.preserveUnknownFields === true;
  }
}

// Names the best version that is newer and not deprecated.
function deprecationOf({ spec }: CustomResourceDefinition, name: string): string {
  const { group, names, versions } = spec;
  const text = `${group}/${name} ${names.kind} is deprecated`;
  const better = versions
    .filter((version) => version.served && !version.deprecated && compareVersions(version.name, name) < 0)
    .map((version) => version.name)
    .sort(compareVersions)[0];
  return better === undefined ? text : `${text}; use ${group}/${better} ${names.kind}`;
}
