import type { KubeObject } from '../../../api/meta/object.ts';
import type { Informer } from '../../runtime/informer.ts';
import { controlledBy, controllerOf } from '../../runtime/owners.ts';
import { isPodActive, isPodReady, isPodTerminating } from '../../runtime/pods.ts';
import type { Selector } from '../../runtime/selector.ts';

/** How many of an owner's pods are such. */
export interface PodCounts {
  /** Neither finished nor being deleted; of these are the next three. */
  readonly active: number;
  readonly fullyLabeled: number;
  readonly ready: number;
  /** Not of the owner's selector: they are to be released. */
  readonly strays: number;
  readonly terminating: number;
}

/** A template's labels, as pods are compared with them. */
type Labels = readonly (readonly [name: string, value: string])[];

class Tally implements PodCounts {
  active = 0;
  fullyLabeled = 0;
  ready = 0;
  strays = 0;
  terminating = 0;
  /** What pods were judged by. */
  readonly terms: string;
  private readonly namespace: string;
  private readonly selector: Selector;
  private readonly labels: Labels;

  constructor(terms: string, owner: KubeObject, selector: Selector) {
    this.terms = terms;
    this.namespace = owner.metadata!.namespace!;
    this.selector = selector;
    this.labels = labelsOf(owner);
  }

  count(pod: KubeObject, by: 1 | -1): void {
    if (pod.metadata!.namespace !== this.namespace) return;
    if (isPodTerminating(pod)) this.terminating += by;
    if (!isPodActive(pod)) return;
    this.active += by;
    if (!this.selector.matches(pod.metadata!.labels)) this.strays += by;
    if (hasLabels(pod, this.labels)) this.fullyLabeled += by;
    if (isPodReady(pod)) this.ready += by;
  }
}

/** The counts of the pods of each owner, kept as pods change: a set of ten thousand is looked at many times while it grows, and never counted anew. */
export class PodTallies {
  private readonly pods: Informer;
  private readonly selectorOf: (owner: KubeObject) => Selector;
  /** By the owner's uid. */
  private readonly tallies = new Map<string, Tally>();

  /** @param pods indexed by `indexByController` */
  constructor(pods: Informer, selectorOf: (owner: KubeObject) => Selector) {
    this.pods = pods;
    this.selectorOf = selectorOf;
    pods.addHandler({
      added: (pod) => this.count(pod, 1),
      updated: (pod, old) => {
        this.count(old, -1);
        this.count(pod, 1);
      },
      deleted: (_, old) => this.count(old, -1),
    });
  }

  /** The counts of now, counted when they are first asked for. */
  of(owner: KubeObject): PodCounts {
    const { uid } = owner.metadata!;
    const { selector, template } = owner.spec;
    const terms = JSON.stringify([selector, template?.metadata?.labels]);
    let tally = this.tallies.get(uid!);
    if (tally?.terms !== terms) {
      tally = new Tally(terms, owner, this.selectorOf(owner));
      for (const pod of controlledBy(this.pods, owner)) tally.count(pod, 1);
      this.tallies.set(uid!, tally);
    }
    const { active, fullyLabeled, ready, strays, terminating } = tally;
    return { active, fullyLabeled, ready, strays, terminating };
  }

  forget(owner: KubeObject): void {
    this.tallies.delete(owner.metadata!.uid!);
  }

  private count(pod: KubeObject, by: 1 | -1): void {
    const owner = controllerOf(pod);
    if (owner) this.tallies.get(owner.uid)?.count(pod, by);
  }
}

/** The labels of an owner's template. */
export function labelsOf(owner: KubeObject): Labels {
  return Object.entries<string>(owner.spec.template?.metadata?.labels ?? {});
}

export function hasLabels(pod: KubeObject, labels: Labels): boolean {
  return labels.every(([name, value]) => pod.metadata!.labels?.[name] === value);
}
