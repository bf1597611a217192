/** How far a tree is open and where the cursor is, while the program runs. */
export interface Branches {
  open: ReadonlySet<string>;
  current: string | null;
}

const trees = new Map<string, Branches>();

export function keptBranches(entity: string): Branches {
  return trees.get(entity) ?? { open: new Set(), current: null };
}

export function keepBranches(entity: string, branches: Branches): void {
  trees.set(entity, branches);
}
