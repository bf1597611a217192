import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { at, useEntities } from "../data/queries";
import { formatCount } from "../format/bytes";
import type { UsedBy } from "../generated/contract";
import { useLabel, useLanguage } from "../i18n/language";

/** What still refers to records that are about to be deleted, by kind; nothing where none does. */
export function UsedByNote({
  of,
  read,
}: {
  /** Names the records in the cache. */
  of: readonly unknown[];
  read: () => Promise<UsedBy[]>;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { locale } = useLanguage();
  const { data: entities = [] } = useEntities();
  const { data = [] } = useQuery({
    queryKey: at.usedBy(of),
    queryFn: read,
    staleTime: 0,
    gcTime: 0,
  });
  if (data.length === 0) return null;
  const called = ({ entity: name, count }: UsedBy) => {
    const entity = entities.find((known) => known.name === name);
    const words = entity ? label(count === 1 ? entity.label : entity.plural) : name;
    return `${formatCount(count, locale)} ${words}`;
  };
  return <p role="note">{t("record.usedBy", { list: data.map(called).join(", ") })}</p>;
}
