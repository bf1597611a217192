import type { OutboxEntry } from "@daybook/shared/generated/contract";

const VERDICTS = ["applied", "merged", "conflict", "rejected", "waiting"] as const;
export type Verdict = (typeof VERDICTS)[number] | "none";

/** How an entry was judged, and how many fields are in Attention. */
export function verdictOf(entry: OutboxEntry): {
  verdict: Verdict;
  count: number;
} {
  const said = entry.receipt?.verdict;
  const verdict = VERDICTS.find((known) => known === said) ?? "none";
  const fields = entry.receipt?.fields;
  return { verdict, count: Array.isArray(fields) ? fields.length : 1 };
}

const VERBS = ["create", "update", "delete", "retire", "resolve"] as const;

/** What was done: the last word of the intent's kind (`customer.update`). */
export function verbOf(entry: OutboxEntry): (typeof VERBS)[number] {
  const word = entry.kind.split(".").at(-1);
  return VERBS.find((known) => known === word) ?? "update";
}

/** Whether a person has to look at it. */
export function needsPerson(verdict: Verdict): boolean {
  return verdict === "conflict" || verdict === "rejected";
}
