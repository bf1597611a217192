import type { Failure } from "@daybook/shared/generated/contract";

/** The rule of the sync server, said before it is asked. */
export const SHORTEST = 12;

/** What an invited person gives. */
export interface Answer {
  link: string;
  password: string;
  again: string;
}

export type AnswerFault = "required" | "linkForm" | "tooShort" | "notTheSame";

export type AnswerFaults = { [name in keyof Answer]?: AnswerFault | undefined };

/** What keeps an invitation from being accepted, in the order of the form. */
export function answerFaults({ link, password, again }: Answer): AnswerFaults {
  const faults: AnswerFaults = {};
  if (link.trim() === "") faults.link = "required";
  else if (!isInvitation(link.trim())) faults.link = "linkForm";
  if (password === "") faults.password = "required";
  // As people count them, not as they are stored: one sign is one character.
  else if ([...password].length < SHORTEST) faults.password = "tooShort";
  if (again === "") faults.again = "required";
  else if (again !== password) faults.again = "notTheSame";
  return faults;
}

/** Whether the whole link was pasted: an address, then tenant and token behind the hash sign. */
function isInvitation(link: string): boolean {
  if (!/^https?:\/\//i.test(link) || !URL.canParse(link)) return false;
  const said = new URLSearchParams(new URL(link).hash.slice(1));
  return Boolean(said.get("tenant") && said.get("token"));
}

/** What the sync server says of a field, by field; the rest of a failure is for the whole form. */
export function refusedFields(failure: Failure | null): Partial<Record<keyof Answer, string>> {
  const said: Partial<Record<keyof Answer, string>> = {};
  for (const { field, message } of failure?.problems ?? []) {
    if (field === "link" || field === "token") said.link = message;
    if (field === "password") said.password = message;
  }
  return said;
}
