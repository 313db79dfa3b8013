import type { FieldRequirement } from '../../api/meta/field-selector.ts';
import type { LabelRequirement } from '../../api/meta/label-selector.ts';

/** Who makes a request. */
export interface UserInfo {
  readonly username: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

/** What is asked, for authorization. Either a resource or a path. */
export interface AccessAttributes {
  readonly user: UserInfo;
  readonly verb: string;
  readonly resourceRequest: boolean;
  /** For non-resource requests. */
  readonly path: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** What a list, watch or deletecollection is limited to (KEP-4601); absent if to nothing, or to nothing that can be read. */
  readonly fieldSelector?: readonly FieldRequirement[];
  readonly labelSelector?: readonly LabelRequirement[];
}

export type Decision = {
  readonly decision: 'allow' | 'deny' | 'no-opinion';
  readonly reason: string;
  /** What kept an authorizer from deciding. */
  readonly error?: string;
};

export interface Authorizer {
  authorize(attributes: AccessAttributes): Decision | Promise<Decision>;
  /** The rules that hold for a user in a namespace, for SelfSubjectRulesReview. */
  rulesFor(user: UserInfo, namespace: string): Promise<UserRules>;
}

export interface UserRules {
  readonly resourceRules: readonly { verbs: string[]; apiGroups?: string[]; resources?: string[]; resourceNames?: string[] }[];
  readonly nonResourceRules: readonly { verbs: string[]; nonResourceURLs?: string[] }[];
  readonly incomplete: boolean;
  /** What kept authorizers from telling more. */
  readonly errors: readonly string[];
}

/** The parts of a request that prove an identity. */
export interface Credentials {
  /** The verified client certificate in DER, if one was shown that the authority of clients has signed. */
  readonly clientCertificate?: Buffer;
  /** Why a certificate that was shown is none of a client. */
  readonly certificateError?: string;
  /** The verified certificate in DER, if one was shown that the authority of front proxies has signed. */
  readonly frontProxyCertificate?: Buffer;
  /** All headers of the request, lower-case names; repeated ones joined by a comma and a space. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly authorization?: string;
  /** What is asked for, which may be open to the anonymous. */
  readonly path?: string;
  /** Sec-WebSocket-Protocol may carry a bearer token. */
  readonly webSocketProtocols?: string;
}

export interface Authenticator {
  /** The user; undefined if the credentials are not of this authenticator's sort. @throws Error if they are and do not hold */
  authenticate(credentials: Credentials): Promise<UserInfo | undefined> | UserInfo | undefined;
}
