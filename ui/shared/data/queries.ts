import { QueryClient, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { withinSight } from "../entity/fields";
import type { EntityView, ListRequest, RecordView } from "../generated/contract";
import { call } from "../platform/call";

/** The entity in which a tenant declares fields of its own. */
export const OWN_FIELD = "own_field";

/** The users, by whom fields refer to people; they are listed and never changed here. */
export const PERSON = "person";

/** Where each answer stands in the cache. */
export const at = {
  status: ["status"] as const,
  entities: ["entities"] as const,
  record: (entity: string, id: string) => ["record", entity, id] as const,
  everyRecord: ["record"] as const,
  records: (entity: string) => ["record", entity] as const,
  histories: ["history"] as const,
  totals: (list: ListRequest, fields: string[]) => ["totals", list.entity, list, fields] as const,
  totalsOf: (entity: string) => ["totals", entity] as const,
  views: (entity: string) => ["views", entity] as const,
  duplicates: (entity: string) => ["record", entity, "@duplicates"] as const,
  mayMerge: (entity: string, survivor: string, loser: string) =>
    ["record", entity, "@merge", survivor, loser] as const,
  usedBy: (of: readonly unknown[]) => ["used_by", ...of] as const,
  approvals: ["approvals"] as const,
  attention: ["attention"] as const,
  syncPage: ["sync_page"] as const,
  syncPlan: ["sync_plan"] as const,
};

/** The engine is on this machine and says itself what changed: nothing is stale, nothing is retried. */
export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}

/** Who is signed in and how the sync stands. Events keep it true; asking now and then is a net. */
export function useStatus() {
  return useQuery({
    queryKey: at.status,
    queryFn: () => call("status"),
    refetchInterval: 15_000,
  });
}

/** The users are looked up by name where a field refers to them; no menu leads to a list of them. */
const inMenus = (entities: EntityView[]) => entities.filter(({ name }) => name !== PERSON);

/** Every entity this person may see, but for the users. */
export function useEntities(active = true) {
  return useQuery({
    queryKey: at.entities,
    queryFn: () => call("describe"),
    select: inMenus,
    enabled: active,
  });
}

/** An entity as the person can fill it in: users can always be chosen. */
export function useForForm(entity: EntityView): EntityView {
  const { data: entities } = useEntities();
  return useMemo(
    () => withinSight(entity, new Set([PERSON, ...(entities ?? [entity]).map(({ name }) => name)])),
    [entity, entities],
  );
}

/** The entity of this name, once it is known; `undefined` where the person may not see it. */
export function useEntity(name: string): EntityView | undefined {
  return useEntities().data?.find((entity) => entity.name === name);
}

/**
 * Shows a record as a command answered it, and asks for it once more: by the time of the answer a round may have
 * sent what was done, and have said so before.
 */
export function showAnswer(queries: QueryClient, entity: string, record: RecordView): void {
  const queryKey = at.record(entity, record.id);
  queries.setQueryData(queryKey, record);
  void queries.invalidateQueries({ queryKey });
}

export function useRecord(entity: string, id: string | null) {
  return useQuery({
    queryKey: at.record(entity, id ?? ""),
    queryFn: () => call("get", { entity, id: id ?? "" }),
    enabled: id !== null,
  });
}

/** What waits for a second person, as far as this person may see it. */
export function useApprovals() {
  return useQuery({
    queryKey: at.approvals,
    queryFn: () => call("approvals"),
  });
}

export function useAttention() {
  return useQuery({
    queryKey: at.attention,
    queryFn: () => call("attention_list"),
  });
}

/** When this device syncs by itself; only this program changes it. */
export function useSyncPlan() {
  return useQuery({ queryKey: at.syncPlan, queryFn: () => call("sync_plan") });
}

export function useSyncPage() {
  return useQuery({ queryKey: at.syncPage, queryFn: () => call("sync_page") });
}
