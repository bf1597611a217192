import { remember, remembered } from "./memory";

/** What is remembered of an account; never the password. */
export interface Account {
  server: string;
  tenant: string;
  email: string;
}

export const EMPTY_ACCOUNT: Account = { server: "", tenant: "", email: "" };

/** The account of the last sign-in in this window, or nothing yet. */
export function knownAccount(): Account {
  return remembered<Account>("account") ?? EMPTY_ACCOUNT;
}

export function keepAccount(account: Account): void {
  remember("account", account);
}

/** Whoever signed in elsewhere (by the command line) finds at least the server in the form. */
export function keepServer(server: string): void {
  if (knownAccount().server !== server) keepAccount({ ...EMPTY_ACCOUNT, server });
}
