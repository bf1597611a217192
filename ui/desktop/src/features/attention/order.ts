import type { AttentionItem, EntityView } from "@daybook/shared/generated/contract";

/** An item's paths in the order of the record's form; others behind. */
export function inFormOrder(item: AttentionItem, entity: EntityView | undefined): string[] {
  const order = entity?.fields.map((field) => field.name) ?? [];
  const rank = (path: string) => (order.includes(path) ? order.indexOf(path) : order.length);
  return Object.keys(item.fields).sort((one, other) => rank(one) - rank(other));
}
