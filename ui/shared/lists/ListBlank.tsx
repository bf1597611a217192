import type { EntityView } from "../generated/contract";
import { Blank } from "../kit/Blank";
import type { ListState } from "./RecordGrid";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";

/** What stands where rows would: loading, nothing found, nothing there and what the list is for. */
export function ListBlank({
  entity,
  state,
  search,
  isNarrowed,
  onNew,
  onImport,
  onClear,
}: {
  entity: EntityView;
  state: ListState;
  search: string;
  isNarrowed: boolean;
  onNew: () => void;
  /** Absent for who may not import. */
  onImport?: (() => void) | undefined;
  onClear: () => void;
}) {
  const { t, i18n } = useTranslation();
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
    // A master that was added since has no such words, and does without.
    const place = `about.${entity.name}`;
    const about = i18n.exists(place) ? t(place as "about.customer") : "";
    const title = entity.partly_seen ? t("list.emptySeen") : t("list.empty");
    const next = entity.partly_seen
      ? t("list.emptySeenHint")
      : t(entity.may_create ? "list.emptyHint" : "list.emptyHintRead");
    return (
      <Blank title={title} hint={`${about} ${next}`.trim()}>
        {entity.may_create && (
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
