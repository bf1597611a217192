import type { ShownFilter } from "@daybook/shared/lists/filters";

/** What a list was narrowed to, while the program runs: a person comes back to the list they left. */
export interface Kept {
  search: string;
  filters: ShownFilter[];
  retired: boolean;
  /** The name of the view that was chosen last; it may have been narrowed further since. */
  view: string | null;
}

export const NOTHING_KEPT: Kept = { search: "", filters: [], retired: false, view: null };

const lists = new Map<string, Kept>();

export function keptList(entity: string): Kept {
  return lists.get(entity) ?? NOTHING_KEPT;
}

export function keepList(entity: string, kept: Kept): void {
  lists.set(entity, kept);
}
