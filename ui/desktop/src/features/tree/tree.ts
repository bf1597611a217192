import type { RecordView } from "@daybook/shared/generated/contract";

/** A record in its tree. */
export interface TreeNode {
  record: RecordView;
  /** The record it hangs below here; none for one whose parent is not held. */
  above: TreeNode | null;
  below: TreeNode[];
}

/** A line of the tree as it is shown. */
export interface TreeLine {
  node: TreeNode;
  level: number;
  isOpen: boolean;
  /** Its place among those beside it, from 1, and how many they are. */
  place: number;
  beside: number;
}

export interface Tree {
  roots: TreeNode[];
  byId: Map<string, TreeNode>;
}

/**
 * Hangs records below each other by their parent field, in the given order. What hangs below nothing that
 * is held, or in a circle (two devices may make one until the hub has judged), stands at the top.
 */
export function treeOf(records: RecordView[], parentField: string): Tree {
  const byId = new Map<string, TreeNode>();
  for (const record of records) byId.set(record.id, { record, above: null, below: [] });
  const roots: TreeNode[] = [];
  for (const node of byId.values()) {
    const parent = byId.get(String(node.record.fields[parentField] ?? ""));
    if (!parent || isBelow(node, parent)) roots.push(node);
    else {
      node.above = parent;
      parent.below.push(node);
    }
  }
  return { roots, byId };
}

/** Whether `node` is `other` or hangs below it. */
export function isBelow(other: TreeNode, node: TreeNode): boolean {
  for (let at: TreeNode | null = node; at; at = at.above) if (at === other) return true;
  return false;
}

/** The lines to show: what is below an open record, or, while one searches, the way to each hit. */
export function linesOf(
  roots: TreeNode[],
  open: ReadonlySet<string>,
  isHit: ((record: RecordView) => boolean) | null,
): TreeLine[] {
  const lines: TreeLine[] = [];
  const ways = isHit ? waysTo(roots, isHit) : null;
  const walk = (nodes: TreeNode[], level: number) => {
    const shown = ways ? nodes.filter((node) => ways.has(node)) : nodes;
    shown.forEach((node, index) => {
      const leadsOn = ways !== null && node.below.some((below) => ways.has(below));
      const isOpen = node.below.length > 0 && (leadsOn || open.has(node.record.id));
      lines.push({ node, level, isOpen, place: index + 1, beside: shown.length });
      if (isOpen) walk(node.below, level + 1);
    });
  };
  walk(roots, 1);
  return lines;
}

function waysTo(roots: TreeNode[], isHit: (record: RecordView) => boolean): Set<TreeNode> {
  const ways = new Set<TreeNode>();
  const look = (node: TreeNode): boolean => {
    const leads = node.below.map(look).some(Boolean);
    if (leads || isHit(node.record)) ways.add(node);
    return ways.has(node);
  };
  roots.forEach(look);
  return ways;
}

/** One level up: beside what it hangs below. `undefined` where it is at the top already. */
export function outOf(node: TreeNode): string | null | undefined {
  return node.above ? (node.above.above?.record.id ?? null) : undefined;
}

/** One level down: below the one before it. `undefined` where it is the first. */
export function into(tree: Tree, node: TreeNode): string | undefined {
  const beside = node.above ? node.above.below : tree.roots;
  return beside[beside.indexOf(node) - 1]?.record.id;
}

/** Everything above a record, so that it can be shown. */
export function above(node: TreeNode): string[] {
  const ids: string[] = [];
  for (let at = node.above; at; at = at.above) ids.push(at.record.id);
  return ids;
}
