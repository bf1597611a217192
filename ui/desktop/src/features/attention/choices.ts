import type { AttentionItem, Decision } from "@daybook/shared/generated/contract";

export type Keep = "mine" | "theirs";

/** The record itself, where the question is whether it stays. */
export const WHOLE = "*";

/** What was chosen so far, by path. */
export type Choices = Record<string, Keep>;

/**
 * Whether one choice answers for the whole item: work that was refused goes again or is put aside,
 * a record that was deleted and edited goes or stays.
 */
export function isWhole(item: AttentionItem): boolean {
  return item.kind === "rejected" || item.kind === "waiting" || isRecord(item);
}

/** Whether the question is whether the record itself stays. */
export function isRecord(item: AttentionItem): boolean {
  return pathsOf(item).every((path) => path === WHOLE) && item.kind === "retired_edit";
}

export function pathsOf(item: AttentionItem): string[] {
  return Object.keys(item.fields);
}

/** Chooses one path, or all where none is named. */
export function choose(
  item: AttentionItem,
  choices: Choices,
  keep: Keep,
  path: string | null,
): Choices {
  if (path !== null && !isWhole(item)) return { ...choices, [path]: keep };
  const all = pathsOf(item);
  return Object.fromEntries((all.length > 0 ? all : [WHOLE]).map((each) => [each, keep]));
}

export function undecided(item: AttentionItem, choices: Choices): string[] {
  const all = pathsOf(item);
  return (all.length > 0 ? all : [WHOLE]).filter((path) => !(path in choices));
}

export function decisionsOf(choices: Choices): Decision[] {
  return Object.entries(choices).map(([path, keep]) => ({ path, keep }));
}

const KINDS = ["conflict", "rejected", "waiting", "retired_edit", "value_taken"] as const;

/** The kind as far as this version knows it. */
export function kindOf(item: AttentionItem): (typeof KINDS)[number] {
  return KINDS.find((kind) => kind === item.kind) ?? "conflict";
}

/**
 * The reasons of a refusal, one by one, with fields by their labels: the sync server writes
 * "tax_id: the check digit is wrong; name: is required".
 */
export function reasonsOf(message: string, label: (path: string) => string | undefined): string[] {
  return message
    .split(/; (?=[a-z0-9_]+(?:\[[^\]]+\]\.[a-z0-9_]+)?: )/)
    .filter((reason) => reason !== "")
    .map((reason) => {
      const match = /^([a-z0-9_]+(?:\[[^\]]+\]\.[a-z0-9_]+)?): (.*)$/s.exec(reason);
      const name = match ? label(match[1] ?? "") : undefined;
      return match && name ? `${name}: ${match[2]}` : reason;
    });
}
