import type { ShownFilter } from "@daybook/shared/lists/filters";

/** How far a tree is open, where the cursor is and what it is narrowed to, while the program runs. */
export interface Branches {
  open: ReadonlySet<string>;
  current: string | null;
  search: string;
  filters: ShownFilter[];
  retired: boolean;
}

const CLOSED: Branches = {
  open: new Set(),
  current: null,
  search: "",
  filters: [],
  retired: false,
};

const trees = new Map<string, Branches>();

export function keptBranches(entity: string): Branches {
  return trees.get(entity) ?? CLOSED;
}

export function keepBranches(entity: string, branches: Branches): void {
  trees.set(entity, branches);
}

/** Begins again with a closed tree. */
export function forgetBranches(entity: string): void {
  trees.delete(entity);
}
