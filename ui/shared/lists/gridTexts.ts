import type { TFunction } from "i18next";

/** What the grid says by itself, mostly to screen readers, in the person's language. */
export function gridTexts(t: TFunction): Record<string, string> {
  return {
    ariaRowSelectAll: t("list.aria.markAll"),
    ariaRowToggleSelection: t("list.aria.mark"),
    ariaRowSelect: t("list.aria.mark"),
    ariaRowDeselect: t("list.aria.unmark"),
    ariaRowSelectionDisabled: t("list.aria.unmarkable"),
    ariaSortableColumn: t("list.aria.sortable"),
    ariaColumn: t("list.aria.column"),
    ariaChecked: t("list.aria.checked"),
    ariaUnchecked: t("list.aria.unchecked"),
    ariaIndeterminate: t("list.aria.partly"),
    ariaSelectColumn: t("list.aria.markColumn"),
    ariaToggleVisibility: t("list.aria.show"),
    selectedRow: t("list.aria.checked"),
    loadingOoo: t("app.loading"),
    noRowsToShow: t("list.empty"),
  };
}
