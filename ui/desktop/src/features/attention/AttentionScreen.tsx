import { useAttention, useEntities } from "@daybook/shared/data/queries";
import { formatMoment } from "@daybook/shared/format/date";
import { useLabel, useLanguage } from "@daybook/shared/i18n/language";
import { useArrival, useKey } from "@daybook/shared/keys/Keyboard";
import { Blank } from "@daybook/shared/kit/Blank";
import { FailureNote } from "@daybook/shared/kit/Failure";
import { useTitle } from "@daybook/shared/kit/title";
import { failureOf } from "@daybook/shared/platform/call";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { AttentionItemView } from "./AttentionItemView";
import { useIsOneself } from "./author";
import { isReview, kindOf } from "./choices";
import { ReviewItemView } from "./ReviewItemView";
import "@daybook/shared/kit/chooser.css";
import "./attention.css";

/** Everything that needs a person, and one of it to decide. */
export function AttentionScreen({
  onOpen,
  onBack,
}: {
  onOpen: (entity: string, id: string) => void;
  onBack: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { locale } = useLanguage();
  const { data: items, error, refetch } = useAttention();
  const { data: entities } = useEntities();
  const isOneself = useIsOneself();
  const [chosen, setChosen] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const arrive = useArrival();
  useTitle(t("attention.title"));
  useKey("back", onBack);

  const index = Math.max(0, items?.findIndex((item) => item.id === chosen) ?? 0);
  const item = items?.[index];
  const move = (by: number) => {
    const next = items?.[index + by];
    if (!next) return;
    setChosen(next.id);
    list.current?.querySelectorAll<HTMLElement>("button")[index + by]?.focus();
  };
  const isMany = (items?.length ?? 0) > 1;
  useKey("next", () => move(1), isMany);
  useKey("previous", () => move(-1), isMany);

  const isReady = items !== undefined;
  useEffect(() => {
    const take = () => list.current?.querySelector<HTMLElement>("button[aria-current]")?.focus();
    if (isReady) arrive(take);
  }, [arrive, isReady]);

  if (error && !items) {
    return (
      <div className="chooser-failure">
        <FailureNote failure={failureOf(error)} onAgain={() => void refetch()} large />
      </div>
    );
  }
  if (!items) return <Blank title={t("app.loading")} />;
  return (
    <div className="chooser attention">
      <header className="chooser-bar">
        <h1>{t("attention.title")}</h1>
        {items.length > 0 && (
          <>
            <span className="quiet">{t("attention.count", { count: items.length })}</span>
            <span className="spread" />
            <span className="quiet">{t("attention.lead")}</span>
          </>
        )}
      </header>
      {items.length === 0 ? (
        <Blank title={t("attention.empty")} hint={t("attention.emptyHint")} />
      ) : (
        <div className="chooser-split">
          <ul ref={list} className="chooser-list" aria-label={t("attention.title")}>
            {items.map((each) => {
              const entity = entities?.find((known) => known.name === each.entity);
              return (
                <li key={each.id}>
                  <button
                    type="button"
                    className="plain chooser-entry"
                    aria-current={each.id === item?.id ? "true" : undefined}
                    onClick={() => setChosen(each.id)}
                  >
                    <span className="chooser-entry-title">{each.title}</span>
                    <span className="faint">{formatMoment(each.since, locale, new Date())}</span>
                    <span className="quiet">
                      {entity ? `${label(entity.label)} · ` : ""}
                      {t(
                        kindOf(each) === "conflict" && isOneself(each)
                          ? "attention.kinds.conflict_own"
                          : `attention.kinds.${kindOf(each)}`,
                      )}
                    </span>
                  </button>
                </li>
              );
            })}
          </ul>
          {item && isReview(item) && (
            <ReviewItemView
              key={`${item.id} ${item.record_version ?? ""}`}
              item={item}
              entity={entities?.find((known) => known.name === item.entity)}
              onOpen={() => onOpen(item.entity, item.row_id)}
              onDone={() => setChosen(items[index + 1]?.id ?? items[index - 1]?.id ?? null)}
            />
          )}
          {item && !isReview(item) && (
            <AttentionItemView
              // What was chosen beside another value is not chosen beside this one.
              key={`${item.id} ${item.record_version ?? ""}`}
              item={item}
              entity={entities?.find((known) => known.name === item.entity)}
              onOpen={() => onOpen(item.entity, item.row_id)}
              onDone={() => setChosen(items[index + 1]?.id ?? items[index - 1]?.id ?? null)}
            />
          )}
        </div>
      )}
    </div>
  );
}
