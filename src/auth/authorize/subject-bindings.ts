/** A RoleBinding or ClusterRoleBinding as authorization needs it. */
export interface Binding {
  readonly kind: 'ClusterRoleBinding' | 'RoleBinding';
  /** '' for cluster role bindings. */
  readonly namespace: string;
  readonly name: string;
  readonly subjects: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
  readonly roleRef: { readonly kind: string; readonly name: string };
}

/** Bindings by subject, by namespace and by role, so that thousands of them cost a request nothing that are about others, elsewhere, or one role. */
export class SubjectBindings {
  private readonly bySubject = new Map<string, Map<string, Map<string, Set<Binding>>>>();

  add(binding: Binding): void {
    for (const subject of binding.subjects) {
      const spaces = valueIn(this.bySubject, subjectKey(subject, binding.namespace), () => new Map());
      const roles = valueIn(spaces, binding.namespace, () => new Map<string, Set<Binding>>());
      valueIn(roles, roleOf(binding), () => new Set<Binding>()).add(binding);
    }
  }

  remove(binding: Binding): void {
    for (const subject of binding.subjects) {
      const key = subjectKey(subject, binding.namespace);
      const spaces = this.bySubject.get(key);
      const roles = spaces?.get(binding.namespace);
      const set = roles?.get(roleOf(binding));
      set?.delete(binding);
      if (set?.size === 0) roles!.delete(roleOf(binding));
      if (roles?.size === 0) spaces!.delete(binding.namespace);
      if (spaces?.size === 0) this.bySubject.delete(key);
    }
  }

  /** The bindings of a subject in a namespace, those of one role together. @param space '' for cluster role bindings */
  of(subject: string, space: string): Iterable<ReadonlySet<Binding>> {
    return this.bySubject.get(subject)?.get(space)?.values() ?? none;
  }
}

const none: readonly ReadonlySet<Binding>[] = [];

/** `User` or `Group` and its name; a service account is the user that it acts as. */
export function subjectKey(subject: Binding['subjects'][number], bindingNamespace: string): string {
  if (subject.kind !== 'ServiceAccount') return `${subject.kind}\n${subject.name}`;
  return `User\nsystem:serviceaccount:${subject.namespace || bindingNamespace}:${subject.name}`;
}

function roleOf({ roleRef }: Binding): string {
  return `${roleRef.kind}\n${roleRef.name}`;
}

function valueIn<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
