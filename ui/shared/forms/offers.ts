import type { SearchHit } from "../generated/contract";
import { call } from "../platform/call";

/** Records offered at a time. */
const OFFERED = 30;

/** The first records of an entity, or those that a text finds. */
export async function offers(
  entity: string,
  key: string | null,
  text: string,
): Promise<SearchHit[]> {
  if (text.trim() !== "") return call("search", { entity, text, limit: OFFERED });
  const page = await call("list", {
    entity,
    filters: [],
    search: null,
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
