import { at } from "@daybook/shared/data/queries";
import { formatDecimal } from "@daybook/shared/format/decimal";
import type { EntityView, ListRequest, Sum } from "@daybook/shared/generated/contract";
import { useStyle } from "@daybook/shared/i18n/language";
import { call } from "@daybook/shared/platform/call";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/** What the decimals of a list add up to, as texts by field; `null` where nothing is added up. */
export function useTotals(entity: EntityView, list: ListRequest): Record<string, string> | null {
  const { t } = useTranslation();
  const { locale } = useStyle();
  const fields = useMemo(
    () => entity.fields.filter(({ kind }) => kind.type === "decimal").map(({ name }) => name),
    [entity],
  );
  const { data } = useQuery({
    queryKey: at.totals(list, fields),
    queryFn: () => call("totals", { list, fields }),
    enabled: fields.length > 0,
    placeholderData: (before) => before,
    gcTime: 30_000,
  });
  return useMemo(() => {
    const sums = Object.entries(data?.sums ?? {}).filter(([, each]) => each.length > 0);
    if (sums.length === 0) return null;
    const texts = sums.map(([field, each]) => [field, sumText(each, locale)]);
    return { ...Object.fromEntries(texts), [entity.key]: t("list.totals") };
  }, [data, entity.key, locale, t]);
}

/** `1,280.50 EUR · 30.00`: each currency or unit by itself. */
function sumText(sums: Sum[], locale: string): string {
  return sums
    .map(({ measure, sum }) => [formatDecimal(sum, locale), measure].filter(Boolean).join("\u00a0"))
    .join(" · ");
}
