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
  return item.kind === "retired_edit";
}

/** Whether there is nothing to decide: somebody else has, and the person is told. */
export function isNews(item: AttentionItem): boolean {
  return item.kind === "decided";
}

/** Whether it is work that one person looks at before it is done: somebody else's, or one's own. */
export function isReview(item: AttentionItem): boolean {
  return item.kind === "review" || item.kind === "in_review";
}

/** What is to be decided. Fields that were edited in a deleted record only show what it would lose. */
function questionsOf(item: AttentionItem): string[] {
  const paths = Object.keys(item.fields);
  if (isNews(item)) return [];
  return isRecord(item) || paths.length === 0 ? [WHOLE] : paths;
}

/** Chooses one path, or all where none is named. */
export function choose(
  item: AttentionItem,
  choices: Choices,
  keep: Keep,
  path: string | null,
): Choices {
  if (path !== null && !isWhole(item)) return { ...choices, [path]: keep };
  return Object.fromEntries(questionsOf(item).map((each) => [each, keep]));
}

export function undecided(item: AttentionItem, choices: Choices): string[] {
  return questionsOf(item).filter((path) => !(path in choices));
}

/**
 * The choices as the engine takes them: one for each path of the item. What nobody was asked about (the
 * edits of a deleted record) stays as it is.
 */
export function decisionsOf(item: AttentionItem, choices: Choices): Decision[] {
  const shown = Object.keys(item.fields).map((path): [string, Keep] => [path, "theirs"]);
  const all = { ...Object.fromEntries(shown), ...choices };
  return Object.entries(all).map(([path, keep]) => ({ path, keep }));
}

const KINDS = [
  "conflict",
  "rejected",
  "waiting",
  "retired_edit",
  "value_taken",
  "decided",
  "review",
  "in_review",
] as const;

/** The kind as far as this version knows it. */
export function kindOf(item: AttentionItem): (typeof KINDS)[number] {
  return KINDS.find((kind) => kind === item.kind) ?? "conflict";
}

/**
 * The reasons of an item of which only the English message came, one by one, with fields by their labels: an older
 * sync server wrote "tax_id: the check digit is wrong; name: is required".
 */
export function reasonsInMessage(
  message: string,
  label: (path: string) => string | undefined,
): string[] {
  return message
    .split(/; (?=[a-z0-9_]+(?:\[[^\]]+\]\.[a-z0-9_]+)?: )/)
    .filter((reason) => reason !== "")
    .map((reason) => {
      const match = /^([a-z0-9_]+(?:\[[^\]]+\]\.[a-z0-9_]+)?): (.*)$/s.exec(reason);
      const name = match ? label(match[1] ?? "") : undefined;
      return match && name ? `${name}: ${match[2]}` : reason;
    });
}
