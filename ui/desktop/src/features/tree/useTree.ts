import { useChanged } from "@daybook/shared/data/changes";
import type { EntityView, RecordView } from "@daybook/shared/generated/contract";
import { type ListQuery, requestOf } from "@daybook/shared/lists/pages";
import { call } from "@daybook/shared/platform/call";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Tree, treeOf } from "./tree";

/** The most records that the engine gives at once. */
const PAGE = 1000;

/** All records of an entity as a tree, kept true while they change. */
export function useTree(entity: EntityView, parentField: string, retired: boolean) {
  const query = useQuery({
    queryKey: ["tree", entity.name, retired],
    queryFn: () =>
      everything({ entity: entity.name, search: "", filters: [], retired }, entity.key),
    placeholderData: (before) => before,
  });
  const { refetch } = query;
  useChanged(entity.name, () => void refetch());
  const tree = useMemo<Tree | null>(
    () => (query.data ? treeOf(query.data, parentField) : null),
    [query.data, parentField],
  );
  return { tree, error: query.error, again: () => void refetch() };
}

/**
 * The records that a tree is narrowed to, found as in a list; `null` where it is not, `undefined` while they
 * are looked for.
 */
export function useHits(query: ListQuery, isNarrowed: boolean): Set<string> | null | undefined {
  const found = useQuery({
    queryKey: ["tree hits", query],
    queryFn: async () => new Set((await everything(query, null)).map(({ id }) => id)),
    enabled: isNarrowed,
    placeholderData: (before) => before,
    gcTime: 30_000,
  });
  const { refetch } = found;
  useChanged(query.entity, () => {
    if (isNarrowed) void refetch();
  });
  return isNarrowed ? found.data : null;
}

async function everything(query: ListQuery, sort: string | null): Promise<RecordView[]> {
  const records: RecordView[] = [];
  for (;;) {
    const page = await call("list", { ...requestOf(query, sort, records.length), limit: PAGE });
    records.push(...page.records);
    if (page.records.length === 0 || records.length >= page.total) return records;
  }
}
