import { Blank } from "@daybook/shared/kit/Blank";
import type { ListState } from "@daybook/shared/lists/RecordGrid";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";

/** What stands where rows would: loading, nothing found, nothing there. */
export function ListBlank({
  state,
  search,
  isNarrowed,
  mayCreate,
  onNew,
  onImport,
  onClear,
}: {
  state: ListState;
  search: string;
  isNarrowed: boolean;
  mayCreate: boolean;
  onNew: () => void;
  /** Absent for who may not import. */
  onImport?: (() => void) | undefined;
  onClear: () => void;
}) {
  const { t } = useTranslation();
  if (state.failure || (state.total !== null && state.total > 0)) return null;
  const body = () => {
    if (state.total === null) {
      return (
        <div className="list-skeleton" role="status" aria-label={t("list.loading")}>
          <Skeleton active={false} title={false} paragraph={{ rows: 18, width: "100%" }} />
        </div>
      );
    }
    if (isNarrowed) {
      const text = search.trim();
      return (
        <Blank
          title={text ? t("list.none", { text }) : t("list.noneFiltered")}
          hint={text ? t("list.noneHint") : undefined}
        >
          <Button onClick={onClear}>{t("list.clear")}</Button>
        </Blank>
      );
    }
    return (
      <Blank
        title={t("list.empty")}
        hint={mayCreate ? t("list.emptyHint") : t("list.emptyHintRead")}
      >
        {mayCreate && (
          <Button type="primary" onClick={onNew}>
            {t("act.new")}
          </Button>
        )}
        {onImport && <Button onClick={onImport}>{t("import.open")}</Button>}
      </Blank>
    );
  };
  return <div className="list-blank">{body()}</div>;
}
