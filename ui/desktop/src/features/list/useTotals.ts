import { at } from "@daybook/shared/data/queries";
import { formatDecimal } from "@daybook/shared/format/decimal";
import type { EntityView, ListRequest } from "@daybook/shared/generated/contract";
import { useStyle } from "@daybook/shared/i18n/language";
import { call } from "@daybook/shared/platform/call";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

/**
 * What the decimals of a list add up to: a line of texts by field for each currency or unit, `null`
 * where nothing is added up.
 */
export function useTotals(entity: EntityView, list: ListRequest): Record<string, string>[] | null {
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
    const lines = new Map<string, Record<string, string>>();
    for (const [field, sums] of Object.entries(data?.sums ?? {})) {
      for (const { measure, sum } of sums) {
        const name = [t("list.totals"), measure].filter(Boolean).join("\u00a0");
        const line = lines.get(name) ?? { [entity.key]: name };
        lines.set(name, { ...line, [field]: formatDecimal(sum, locale) });
      }
    }
    return lines.size === 0 ? null : [...lines.values()];
  }, [data, entity.key, locale, t]);
}
