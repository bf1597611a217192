import type { RecordView } from "@daybook/shared/generated/contract";
import { customer } from "@daybook/shared/testing/samples";
import { describe, expect, it } from "vitest";
import { into, isBelow, linesOf, outOf, treeOf } from "./tree";

const record = (id: string, parent: string | null): RecordView => ({
  ...customer({ code: id, name: id, parent }),
  id,
});

const CHART = [
  record("1", null),
  record("10", "1"),
  record("100", "10"),
  record("11", "1"),
  record("2", null),
];

const ids = (open: string[], isHit: ((record: RecordView) => boolean) | null = null) =>
  linesOf(treeOf(CHART, "parent").roots, new Set(open), isHit).map(
    ({ node, level }) => `${"·".repeat(level - 1)}${node.record.id}`,
  );

describe("a tree", () => {
  it("shows what is below an open record only", () => {
    expect(ids([])).toEqual(["1", "2"]);
    expect(ids(["1"])).toEqual(["1", "·10", "·11", "2"]);
    expect(ids(["1", "10"])).toEqual(["1", "·10", "··100", "·11", "2"]);
  });

  it("shows the way to each hit of a search, open or not", () => {
    expect(ids([], ({ id }) => id === "100")).toEqual(["1", "·10", "··100"]);
    expect(ids([], () => false)).toEqual([]);
  });

  it("puts to the top what hangs below nothing, or in a circle, and shows each record once", () => {
    const odd = [record("a", "b"), record("b", "a"), record("c", "gone")];
    const { roots, byId } = treeOf(odd, "parent");
    const lines = linesOf(roots, new Set(byId.keys()), null);
    expect(lines.map(({ node }) => node.record.id).sort()).toEqual(["a", "b", "c"]);
  });

  it("knows where a record goes one level up and one level down", () => {
    const tree = treeOf(CHART, "parent");
    const node = (id: string) => tree.byId.get(id)!;
    expect(outOf(node("100"))).toBe("1");
    expect(outOf(node("10"))).toBeNull();
    expect(outOf(node("1"))).toBeUndefined();
    expect(into(tree, node("11"))).toBe("10");
    expect(into(tree, node("10"))).toBeUndefined();
    expect(into(tree, node("2"))).toBe("1");
    expect(isBelow(node("1"), node("100"))).toBe(true);
    expect(isBelow(node("100"), node("1"))).toBe(false);
  });
});
