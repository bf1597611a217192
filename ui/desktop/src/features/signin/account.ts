import type { Account } from "@daybook/shared/platform/account";

export type Fault = "required" | "serverForm";

/** By field. */
export type Faults = Partial<Record<keyof Account | "password", Fault>>;

/** What keeps a sign-in from being tried, in the order of the form. */
export function faultsOf(account: Account, password: string): Faults {
  const faults: Faults = {};
  const said = tidied(account);
  if (said.server === "") faults.server = "required";
  else if (!isAddress(said.server)) faults.server = "serverForm";
  if (said.tenant === "") faults.tenant = "required";
  if (said.email === "") faults.email = "required";
  if (password === "") faults.password = "required";
  return faults;
}

/** Without the spaces and slashes that come with copied text. */
export function tidied(account: Account): Account {
  return {
    server: account.server.trim().replace(/\/+$/, ""),
    tenant: account.tenant.trim(),
    email: account.email.trim(),
  };
}

function isAddress(server: string): boolean {
  if (!/^https?:\/\//i.test(server)) return false;
  return URL.canParse(server);
}
