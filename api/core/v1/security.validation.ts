/** Validation of security contexts, of pods and of containers. */
import type {
  AppArmorProfile,
  PodSecurityContext,
  PodSpec,
  SeccompProfile,
  SecurityContext,
  WindowsSecurityContextOptions,
} from '../../../openapi/types.ts';
import {
  duplicate,
  type FieldError,
  type FieldPath,
  forbidden,
  invalid,
  invalidTyped,
  notSupported,
  required,
  tooLong,
} from '../../meta/field.ts';
import { isDns1123Subdomain, isUserID } from '../../meta/names.ts';
import { byteLength } from '../../meta/text.ts';
import { internalForm } from './internal-form.ts';
import { eachContainer } from './pod-containers.ts';
import { invalids, validateDescendingPath } from './volume.validation.ts';

const profileTypes = ['Localhost', 'RuntimeDefault', 'Unconfined'];

export function validateContainerSecurityContext(context: SecurityContext | undefined, path: FieldPath, hostUsers: boolean): FieldError[] {
  if (!context) return [];
  const errors = validateIDs(context, path);
  const mount = context.procMount;
  if (mount !== undefined) {
    if (mount !== 'Default' && mount !== 'Unmasked') errors.push(notSupported(path.child('procMount'), mount, ['Default', 'Unmasked']));
    if (hostUsers && mount === 'Unmasked')
      errors.push(invalid(path.child('procMount'), mount, '`hostUsers` must be false to use `Unmasked`'));
  }
  errors.push(...validateSeccompProfile(context.seccompProfile, path.child('seccompProfile')));
  if (context.allowPrivilegeEscalation === false) {
    if (context.privileged)
      errors.push(
        invalid(path, internalForm('SecurityContext', context), 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'),
      );
    for (const capability of context.capabilities?.add ?? []) {
      if (capability === 'CAP_SYS_ADMIN') {
        errors.push(
          invalid(
            path,
            internalForm('SecurityContext', context),
            'cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN',
          ),
        );
      }
    }
  }
  errors.push(...validateWindowsOptions(context.windowsOptions, path.child('windowsOptions')));
  return [...errors, ...validateAppArmorProfile(context.appArmorProfile, path.child('appArmorProfile'))];
}

function validateIDs(context: { runAsUser?: number; runAsGroup?: number }, path: FieldPath): FieldError[] {
  return (['runAsUser', 'runAsGroup'] as const).flatMap((name) =>
    context[name] === undefined ? [] : invalids(path.child(name), context[name], isUserID(context[name])),
  );
}

function validateSeccompProfile(profile: SeccompProfile | undefined, path: FieldPath): FieldError[] {
  if (!profile) return [];
  const errors: FieldError[] = [];
  if (!profile.type) errors.push(required(path.child('type'), 'type is required when seccompProfile is set'));
  else if (!profileTypes.includes(profile.type)) errors.push(notSupported(path.child('type'), profile.type, profileTypes));
  const local = profile.localhostProfile;
  if (profile.type === 'Localhost') {
    if (local === undefined) errors.push(required(path.child('localhostProfile'), 'must be set when seccomp type is Localhost'));
    else errors.push(...validateDescendingPath(local, path.child('localhostProfile')));
  } else if (local !== undefined) {
    errors.push(
      invalid(path.child('localhostProfile'), internalForm('SeccompProfile', profile), 'can only be set when seccomp type is Localhost'),
    );
  }
  return errors;
}

export function validateAppArmorProfile(profile: AppArmorProfile | undefined, path: FieldPath): FieldError[] {
  if (!profile) return [];
  const at = path.child('localhostProfile');
  const local = profile.localhostProfile;
  const missing = 'must be set when AppArmor type is Localhost';
  switch (profile.type) {
    case 'Localhost': {
      if (local === undefined) return [required(at, missing)];
      const errors: FieldError[] = [];
      if (local.trim() !== local) errors.push(invalid(at, local, 'must not be padded with whitespace'));
      else if (local === '') errors.push(required(at, missing));
      if (byteLength(local) > 4095) errors.push(tooLong(at, 4095));
      return errors;
    }
    case 'RuntimeDefault':
    case 'Unconfined':
      return local === undefined ? [] : [invalid(at, local, 'can only be set when AppArmor type is Localhost')];
    default:
      if (!profile.type) return [required(path.child('type'), 'type is required when appArmorProfile is set')];
      return [notSupported(path.child('type'), profile.type, profileTypes)];
  }
}

const netBiosDomain = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsDomain = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/;

function validateWindowsOptions(options: WindowsSecurityContextOptions | undefined, path: FieldPath): FieldError[] {
  if (!options) return [];
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  const errors: FieldError[] = [];
  if (name !== undefined)
    errors.push(...isDns1123Subdomain(name).map((message) => invalidTyped(path.child('gmsaCredentialSpecName'), name, message)));
  if (spec === '') errors.push(invalid(path.child('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec cannot be an empty string'));
  else if (spec !== undefined && byteLength(spec) > 64 * 1024) {
    errors.push(invalidTyped(path.child('gmsaCredentialSpec'), spec, 'gmsaCredentialSpec size must be under 64 KiB'));
  }
  if (user !== undefined)
    errors.push(...windowsUserMessages(user).map((message) => invalidTyped(path.child('runAsUserName'), user, message)));
  return errors;
}

function windowsUserMessages(name: string): string[] {
  if (name === '') return ['runAsUserName cannot be an empty string'];
  if ([...name].some((character) => character < ' ' || character === '\x7f')) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const messages: string[] = [];
  const [domain, user] = parts.length === 2 ? [parts[0]!, parts[1]!] : [undefined, parts[0]!];
  if (domain !== undefined && domain.length >= 256) messages.push("runAsUserName's Domain length must be under 256 characters");
  if (domain !== undefined && !netBiosDomain.test(domain) && !dnsDomain.test(domain)) {
    messages.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  }
  if (user === '') messages.push("runAsUserName's User cannot be empty");
  else if (user.length > 104) messages.push("runAsUserName's User length must not be longer than 104 characters");
  if (/^[. ]+$/.test(user)) messages.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user)) {
    messages.push('runAsUserName\'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]');
  }
  return messages;
}

const sysctlForm = '^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$';
const sysctl = new RegExp(sysctlForm);
const ipcSysctls = /^(kernel\.(shm\w*|msg\w*|sem)|kernel\.shm_rmid_forced|fs\.mqueue\..*)$/;

function sysctlNamespace(name: string): 'net' | 'ipc' | undefined {
  const dotted = name.replaceAll('/', '.');
  if (dotted.startsWith('net.')) return 'net';
  return ipcSysctls.test(dotted) ? 'ipc' : undefined;
}

/** The security context of a pod, with the host namespaces beside it in `spec`. */
export function validatePodSecurityContext(spec: PodSpec, specPath: FieldPath): FieldError[] {
  const context = spec.securityContext;
  const path = specPath.child('securityContext');
  const errors: FieldError[] = [];
  if (context?.fsGroup !== undefined) errors.push(...invalids(path.child('fsGroup'), context.fsGroup, isUserID(context.fsGroup)));
  if (context) errors.push(...validateIDs(context, path));
  (context?.supplementalGroups ?? []).forEach((id, i) => {
    errors.push(...invalids(path.child('supplementalGroups').index(i), id, isUserID(id)));
  });
  if (spec.shareProcessNamespace && spec.hostPID) {
    errors.push(invalid(path.child('shareProcessNamespace'), true, 'ShareProcessNamespace and HostPID cannot both be enabled'));
  }
  if (!context) return errors;
  errors.push(...validateSysctls(context, spec, path.child('sysctls')));
  errors.push(...validateChoice(context.fsGroupChangePolicy, ['Always', 'OnRootMismatch'], path.child('fsGroupChangePolicy')));
  errors.push(...validateSeccompProfile(context.seccompProfile, path.child('seccompProfile')));
  errors.push(...validateWindowsOptions(context.windowsOptions, path.child('windowsOptions')));
  errors.push(...validateAppArmorProfile(context.appArmorProfile, path.child('appArmorProfile')));
  errors.push(...validateChoice(context.supplementalGroupsPolicy, ['Merge', 'Strict'], path.child('supplementalGroupsPolicy')));
  return [...errors, ...validateChoice(context.seLinuxChangePolicy, ['Recursive'], path.child('seLinuxChangePolicy'))];
}

function validateChoice(value: string | undefined, choices: readonly string[], path: FieldPath): FieldError[] {
  return value === undefined || choices.includes(value) ? [] : [notSupported(path, value, choices)];
}

function validateSysctls(context: PodSecurityContext, spec: PodSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  (context.sysctls ?? []).forEach(({ name = '' }, i) => {
    const at = path.index(i).child('name');
    if (name === '') errors.push(required(at));
    else if (name.length > 253 || !sysctl.test(name)) {
      errors.push(invalid(at, name, `must have at most 253 characters and match regex ${sysctlForm}`));
    } else if (names.has(name)) errors.push(duplicate(at, name));
    const namespace = sysctlNamespace(name);
    if (spec.hostNetwork && namespace === 'net') errors.push(invalid(at, name, "may not be specified when 'hostNetwork' is true"));
    if (spec.hostIPC && namespace === 'ipc') errors.push(invalid(at, name, "may not be specified when 'hostIPC' is true"));
    names.add(name);
  });
  return errors;
}

/** Windows host process containers: all or none, and on the host's network. */
export function validateHostProcess(spec: PodSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const pod = spec.securityContext?.windowsOptions?.hostProcess;
  let all = 0;
  let hostProcesses = 0;
  eachContainer(spec, path, (container, at) => {
    all++;
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (pod !== undefined && own !== undefined && pod !== own) {
      const detail = `pod hostProcess value must be identical if both are specified, was ${pod}`;
      errors.push(invalid(at.child('securityContext', 'windowsOptions', 'hostProcess'), own, detail));
    }
    if (own ?? pod) hostProcesses++;
  });
  if (hostProcesses === 0) return errors;
  if (hostProcesses !== all) {
    errors.push(invalid(path, '', 'If pod contains any hostProcess containers then all containers must be HostProcess containers'));
  }
  if (!spec.hostNetwork)
    errors.push(invalid(path.child('hostNetwork'), false, 'hostNetwork must be true if pod contains any hostProcess containers'));
  return errors;
}

const podWindowsRefuses = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
] as const;
const containerWindowsRefuses = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const;

/** What `spec.os` rules out. */
export function validateForOperatingSystem(spec: PodSpec, path: FieldPath): FieldError[] {
  if (!spec.os) return [];
  if (!spec.os.name) return [required(path.child('os', 'name'))];
  if (spec.os.name !== 'linux' && spec.os.name !== 'windows') return [notSupported(path.child('os'), spec.os.name, ['linux', 'windows'])];
  return spec.os.name === 'linux' ? validateLinux(spec, path) : validateWindows(spec, path);
}

function validateLinux(spec: PodSpec, path: FieldPath): FieldError[] {
  const detail = 'windows options cannot be set for a linux pod';
  const errors = spec.securityContext?.windowsOptions ? [forbidden(path.child('securityContext', 'windowsOptions'), detail)] : [];
  eachContainer(spec, path, (container, at) => {
    if (container.securityContext?.windowsOptions) errors.push(forbidden(at.child('securityContext', 'windowsOptions'), detail));
  });
  return errors;
}

function validateWindows(spec: PodSpec, path: FieldPath): FieldError[] {
  const errors: FieldError[] = [];
  const detail = 'cannot be set for a windows pod';
  const context = spec.securityContext;
  const refuse = (at: FieldPath): void => {
    errors.push(forbidden(at, detail));
  };
  for (const name of podWindowsRefuses) {
    if (name === 'seccompProfile') {
      if (spec.hostUsers !== undefined) refuse(path.child('hostUsers'));
      if (spec.hostPID) refuse(path.child('hostPID'));
      if (spec.hostIPC) refuse(path.child('hostIPC'));
    }
    if (name === 'runAsUser' && spec.shareProcessNamespace !== undefined) refuse(path.child('shareProcessNamespace'));
    if (context?.[name] !== undefined) refuse(path.child('securityContext', name));
  }
  eachContainer(spec, path, (container, at) => {
    for (const name of containerWindowsRefuses) {
      if (container.securityContext?.[name] !== undefined) refuse(at.child('securityContext', name));
    }
  });
  return errors;
}
