/** `/api/v1` or `/apis/apps/v1`. */
export function groupVersionPath(group: string, version: string): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** The group-version as operation ids have it: `CoreV1`, `RbacAuthorizationV1`. */
export function groupVersionTitle(group: string, version: string): string {
  return `${groupTitle(group)}${capitalize(version)}`;
}

/** The group as operation ids have it: `Core`, `RbacAuthorization`. */
export function groupTitle(group: string): string {
  return shortGroup(group).split('.').map(capitalize).join('');
}

/** The group as tags have it: `core`, `rbacAuthorization`; with a version `apps_v1`. */
export function tagOf(group: string, version?: string): string {
  const title = groupTitle(group);
  const tag = title.charAt(0).toLowerCase() + title.slice(1);
  return version === undefined ? tag : `${tag}_${version}`;
}

function shortGroup(group: string): string {
  return group === '' ? 'core' : group.replace(/\.k8s\.io$/, '');
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
