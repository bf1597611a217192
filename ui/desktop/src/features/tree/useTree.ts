import { useChanged } from "@daybook/shared/data/changes";
import type { EntityView, RecordView } from "@daybook/shared/generated/contract";
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
    queryFn: () => everything(entity, retired),
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

async function everything(entity: EntityView, retired: boolean): Promise<RecordView[]> {
  const records: RecordView[] = [];
  for (;;) {
    const page = await call("list", {
      entity: entity.name,
      filters: [],
      search: null,
      sort: entity.key,
      offset: records.length,
      limit: PAGE,
      retired,
    });
    records.push(...page.records);
    if (page.records.length === 0 || records.length >= page.total) return records;
  }
}
