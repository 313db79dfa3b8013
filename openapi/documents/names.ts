/** `/api/v1` or `/apis/apps/v1`. */
export function groupVersionPath(group: string, version: string): string {
  return group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
}

/** The group-version as operation ids have it: `CoreV1`, `RbacAuthorizationV1`. */
export function groupVersionTitle(group: string, version: string): string {
  return `${groupTitle(group)}${capitalize(version)}`;
}

/** The group as operation ids have it: `Core`, `RbacAuthorization`, `CertManagerIo`. */
export function groupTitle(group: string): string {
  return identifier(shortGroup(group), true);
}

/** The group as tags have it: `core`, `rbacAuthorization`; with a version `apps_v1`. */
export function tagOf(group: string, version?: string): string {
  const tag = identifier(shortGroup(group), false);
  return version === undefined ? tag : `${tag}_${version}`;
}

function shortGroup(group: string): string {
  return group === '' ? 'core' : group.replace(/\.k8s\.io$/, '');
}

/** Letters, underscores, and digits after the first character; what follows anything else is capitalized. */
function identifier(text: string, capitalized: boolean): string {
  let capitalizes = capitalized;
  let result = '';
  for (const [i, character] of [...text].entries()) {
    if (/[A-Za-z_]/.test(character) || (i > 0 && /\d/.test(character))) {
      result += capitalizes ? character.toUpperCase() : character;
      capitalizes = false;
    } else capitalizes = true;
  }
  return result;
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
