/** Names of accounts and repositories compare without case, as on the forge. */
export const isSameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
