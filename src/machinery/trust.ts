/**
 * Options of a TLS client that trusts as Go does: each certificate among its authorities is one, also one that another authority has signed, or a server's
 * own. OpenSSL by itself wants a chain up to a certificate that signed itself. Operators' test environments give the API server just the certificate of
 * their webhooks.
 */
export const trustsAsGo = { allowPartialTrustChain: true } as const;
