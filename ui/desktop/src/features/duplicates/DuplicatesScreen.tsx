import { at } from "@daybook/shared/data/queries";
import { pathLabel } from "@daybook/shared/entity/fields";
import { formatCount } from "@daybook/shared/format/bytes";
import type { DuplicateGroup, EntityView } from "@daybook/shared/generated/contract";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useArrival, useKey } from "@daybook/shared/keys/Keyboard";
import { Blank } from "@daybook/shared/kit/Blank";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { useTitle } from "@daybook/shared/kit/title";
import { call, failureOf } from "@daybook/shared/platform/call";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { GroupView } from "./GroupView";
import "@daybook/shared/kit/chooser.css";
import "./duplicates.css";

/** So many groups are asked for at a time. */
const PAGE = 100;

/** The records of an entity that are probably the same, and one group of them to decide. */
export function DuplicatesScreen({
  entity,
  onOpen,
  onApproval,
  onBack,
}: {
  entity: EntityView;
  onOpen: (id: string) => void;
  onApproval: (record: string) => void;
  onBack: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { locale } = useLanguage();
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLUListElement>(null);
  const arrive = useArrival();
  const plural = label(entity.plural);
  useTitle(t("duplicates.title", { plural }));
  useKey("back", onBack);

  const found = useInfiniteQuery({
    queryKey: at.duplicates(entity.name),
    queryFn: ({ pageParam }) =>
      call("duplicates", { entity: entity.name, offset: pageParam, limit: PAGE }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const known = pages.reduce((sum, page) => sum + page.groups.length, 0);
      return known < last.total && last.groups.length > 0 ? known : undefined;
    },
  });
  const groups = found.data?.pages.flatMap((page) => page.groups) ?? [];
  const index = Math.min(chosen, Math.max(0, groups.length - 1));
  const group = groups[index];
  const move = (by: number) => {
    if (!groups[index + by]) return;
    setChosen(index + by);
    list.current?.querySelectorAll<HTMLElement>("button")[index + by]?.focus();
  };
  useKey("next", () => move(1), groups.length > 1);
  useKey("previous", () => move(-1), groups.length > 1);

  const isReady = found.data !== undefined;
  useEffect(() => {
    const take = () => list.current?.querySelector<HTMLElement>("button[aria-current]")?.focus();
    if (isReady) arrive(take);
  }, [arrive, isReady]);

  if (found.error && !found.data) {
    return (
      <div className="chooser-failure">
        <FailureNote failure={failureOf(found.error)} onAgain={() => void found.refetch()} large />
      </div>
    );
  }
  const page = found.data?.pages[0];
  if (!page) return <Blank title={t("duplicates.looking", { plural })} />;
  return (
    <div className="chooser duplicates">
      <header className="chooser-bar">
        <h1>{t("duplicates.title", { plural })}</h1>
        <span className="quiet" role="status">
          {t("duplicates.total", {
            count: page.total,
            shown: formatCount(page.total, locale),
            compared: formatCount(page.compared, locale),
          })}
        </span>
        <span className="spread" />
        <Button onClick={onBack}>{t("act.back")}</Button>
      </header>
      {group ? (
        <div className="chooser-split">
          <nav className="chooser-list" aria-label={t("duplicates.groups")}>
            <ul ref={list}>
              {groups.map((each, at) => (
                <li key={keyOf(each)}>
                  <button
                    type="button"
                    className="plain chooser-entry"
                    aria-current={at === index || undefined}
                    onClick={() => setChosen(at)}
                  >
                    <span className="chooser-entry-title">{each.records[0]?.title}</span>
                    <span className="quiet">{t("duplicates.score", { score: each.score })}</span>
                    <span className="quiet duplicates-why">
                      <Reasons entity={entity} group={each} />
                    </span>
                  </button>
                </li>
              ))}
            </ul>
            {found.hasNextPage && (
              <Button
                type="link"
                loading={found.isFetchingNextPage}
                onClick={() => void found.fetchNextPage()}
              >
                {t("duplicates.more")}
              </Button>
            )}
          </nav>
          <GroupView
            key={keyOf(group)}
            entity={entity}
            group={group}
            onOpen={onOpen}
            onApproval={onApproval}
          />
        </div>
      ) : (
        <Blank
          title={t("duplicates.none")}
          hint={t("duplicates.noneHint", {
            plural,
            compared: formatCount(page.compared, locale),
          })}
        />
      )}
    </div>
  );
}

function keyOf(group: DuplicateGroup): string {
  return group.records.map(({ id }) => id).join(" ");
}

/** Which fields speak for it, in words. */
export function Reasons({ entity, group }: { entity: EntityView; group: DuplicateGroup }) {
  const { t } = useTranslation();
  const label = useLabel();
  const words = group.reasons.map(({ field, similar }) => {
    const known = fieldLabel(entity, field, label);
    return similar
      ? t("duplicates.similar", { field: known })
      : t("duplicates.equal", { field: known });
  });
  return <>{[...new Set(words)].join(", ")}</>;
}

/** A field of the record or, by the same name, of one of its rows. */
function fieldLabel(
  entity: EntityView,
  field: string,
  label: (label: EntityView["label"]) => string,
): string {
  const holds = (view: EntityView) => view.fields.some(({ name }) => name === field);
  const owner = holds(entity) ? entity : (entity.children.find(holds) ?? entity);
  return pathLabel(owner, field, label);
}
