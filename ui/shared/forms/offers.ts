import type { Filter, SearchHit } from "../generated/contract";
import { PERSON } from "../data/queries";
import { call } from "../platform/call";

/** Records offered at a time. */
const OFFERED = 30;

/** The first records of an entity, or those that a text finds. */
export async function offers(
  entity: string,
  key: string | null,
  text: string,
): Promise<SearchHit[]> {
  // A user who was shut out is chosen for nothing new.
  const filters: Filter[] =
    entity === PERSON ? [{ field: "active", value: "true", relation: "is" }] : [];
  if (text.trim() !== "" && filters.length === 0) {
    return call("search", { entity, text, limit: OFFERED });
  }
  const page = await call("list", {
    entity,
    filters,
    search: text.trim() || null,
    sort: key,
    offset: 0,
    limit: OFFERED,
    retired: false,
  });
  return page.records.map((record) => ({
    entity,
    id: record.id,
    title: record.title,
    key: String(record.fields[key ?? ""] ?? ""),
  }));
}

/** The record that a text plainly names: by its whole key or name, or because there is no other. */
export async function plainlyNamed(
  entity: string,
  key: string | null,
  text: string,
): Promise<SearchHit | undefined> {
  const found = await offers(entity, key, text);
  const exact = found.filter((hit) => [hit.key, hit.title].some((name) => sameText(name, text)));
  return exact.length === 1 ? exact[0] : found.length === 1 ? found[0] : undefined;
}

function sameText(one: string, other: string): boolean {
  return one.localeCompare(other, undefined, { sensitivity: "base" }) === 0;
}
