import type { ShownFilter } from "./filters";

/** What a list was narrowed to, while the program runs: a person comes back to the list they left. */
export interface Kept {
  search: string;
  filters: ShownFilter[];
  retired: boolean;
}

const lists = new Map<string, Kept>();

export function keptList(entity: string): Kept {
  return lists.get(entity) ?? { search: "", filters: [], retired: false };
}

export function keepList(entity: string, kept: Kept): void {
  lists.set(entity, kept);
}
