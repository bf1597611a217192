import { PERSON } from "@daybook/shared/data/queries";
import { childOf, fieldOf, parsePath, pathLabel, POSITION } from "@daybook/shared/entity/fields";
import { cellText } from "@daybook/shared/format/cell";
import { formatInstant } from "@daybook/shared/format/date";
import type {
  EntityView,
  FieldView,
  HistoryChange,
  HistoryEntry,
  RecordView,
} from "@daybook/shared/generated/contract";
import { useLabel, useLanguage, useStyle } from "@daybook/shared/i18n/language";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import "./history.css";

/** That a record was deleted is said by the entry itself. */
const SAID = ["retired_at"];

/** Who changed what of a record and when, beside its form. */
export function History({ entity, record }: { entity: EntityView; record: RecordView }) {
  const { t } = useTranslation();
  // A record that changes has another history; so has one whose work was sent.
  const key = ["history", entity.name, record.id, record.version, record.sync.state];
  const { data, error, isPending, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } =
    useInfiniteQuery({
      queryKey: key,
      queryFn: ({ pageParam }) =>
        call("history", { entity: entity.name, id: record.id, cursor: pageParam }),
      initialPageParam: null as string | null,
      getNextPageParam: (page) => page.next ?? null,
    });
  const pages = data?.pages ?? [];
  const entries = pages.flatMap(({ entries }) => entries);
  const titles = Object.assign({}, ...pages.map((page) => page.titles)) as Record<string, string>;
  const complete = pages.every((page) => page.complete);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keys scroll what is longer than the window
    <aside className="history" aria-label={t("history.title")} tabIndex={0}>
      <h2>{t("history.title")}</h2>
      {isPending && (
        <div role="status" aria-label={t("app.loading")}>
          <Skeleton active={false} paragraph={{ rows: 4 }} />
        </div>
      )}
      {error && <FailureNote failure={failureOf(error)} onAgain={() => void refetch()} />}
      {data && !complete && (
        <p className="history-note" role="status">
          {t("history.onlyHere")}{" "}
          <Button size="small" type="link" onClick={() => void refetch()}>
            {t("history.again")}
          </Button>
        </p>
      )}
      {data && complete && entries.length === 0 && <p className="faint">{t("history.none")}</p>}
      <ol>
        {entries.map((entry, index) => (
          <Entry
            key={`${entry.received_at ?? entry.occurred_at} ${index}`}
            entity={entity}
            entry={entry}
            titles={titles}
          />
        ))}
      </ol>
      {hasNextPage && (
        <Button loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t("history.earlier")}
        </Button>
      )}
    </aside>
  );
}

/** What can be done to a record, as the hub calls it. */
const DEEDS = ["create", "update", "retire", "merge", "approve", "refuse"] as const;

function Entry({
  entity,
  entry,
  titles,
}: {
  entity: EntityView;
  entry: HistoryEntry;
  titles: Record<string, string>;
}) {
  const { t } = useTranslation();
  const said = DEEDS.find((deed) => deed === entry.action) ?? "update";
  const who = entry.user ?? t(entry.user_id ? "record.someUser" : "history.nobody");
  const changes = entry.changes.filter(
    ({ field }) => !SAID.includes(field) && !isRowPosition(field),
  );
  return (
    <li>
      <p className="history-head">
        <strong>{who}</strong> {t(`history.${said}`)} <Times entry={entry} />
        {entry.device && <span className="faint"> · {entry.device}</span>}
        {entry.written_by && (
          <span className="faint"> · {t("history.writtenBy", { name: entry.written_by })}</span>
        )}
        {entry.state === "pending" && (
          <span className="history-pending"> · {t("history.pending")}</span>
        )}
      </p>
      {changes.length === 0 && said === "update" && <p className="faint">{t("history.hidden")}</p>}
      {changes.length > 0 && (
        <ul>
          {changes.map((change) => (
            <Changed key={change.field} entity={entity} change={change} titles={titles} />
          ))}
        </ul>
      )}
    </li>
  );
}

/** Milliseconds within which what was sent at once is received. */
const APART = 60_000;

/** When it was done, by its device's clock, and when the sync server received it: both where they are apart. */
function Times({
  entry: { occurred_at: occurred, received_at: received },
}: {
  entry: HistoryEntry;
}) {
  const { t } = useTranslation();
  const { locale } = useLanguage();
  const time = (at: string) => <time dateTime={at}>{formatInstant(at, locale)}</time>;
  const apart =
    occurred && received
      ? Math.abs(new Date(received).getTime() - new Date(occurred).getTime()) >= APART
      : false;
  if (!occurred || !received || !apart) {
    const at = received ?? occurred;
    return at ? time(at) : null;
  }
  return (
    <span className="history-times">
      {time(occurred)} <span className="faint">({t("history.occurred")})</span> ·{" "}
      {t("history.received")} {time(received)}
    </span>
  );
}

function Changed({
  entity,
  change,
  titles,
}: {
  entity: EntityView;
  change: HistoryChange;
  titles: Record<string, string>;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const style = useStyle();
  const field = fieldAt(entity, change.field);
  const text = (cell: HistoryChange["before"]) => {
    const plain = cell === null ? "" : typeof cell === "string" ? cell : JSON.stringify(cell);
    const text = field ? cellText(cell, field.kind, style, titles) : plain;
    if (text !== "" || cell === null || field?.kind.type !== "reference") {
      return text || t("record.empty");
    }
    return t(field.kind.entity === PERSON ? "record.someUser" : "record.unnamed");
  };
  return (
    <li data-path={change.field}>
      <span className="history-field">{pathLabel(entity, change.field, label)}</span>{" "}
      {!isEmpty(change.before) && <del>{text(change.before)}</del>}{" "}
      <span aria-hidden className="becomes">
        →
      </span>
      <span className="only-heard"> {t("history.became")} </span> <ins>{text(change.after)}</ins>
    </li>
  );
}

function isEmpty(cell: HistoryChange["before"]): boolean {
  return cell === null || cell === "";
}

/** The place of a row among its like is kept, not shown. */
function isRowPosition(path: string): boolean {
  const { field, row } = parsePath(path);
  return row !== undefined && field === POSITION;
}

function fieldAt(entity: EntityView, path: string): FieldView | undefined {
  const { field, row } = parsePath(path);
  const owner = row ? childOf(entity, row.entity) : entity;
  return owner && fieldOf(owner, field);
}
